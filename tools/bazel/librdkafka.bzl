"""The repository of librdkafka, in a version that keeps our promise.

Versions before 2.8.0 have bugs that skip offsets or turn a failed produce
fatal, and Debian 12 ships one of those. So the rule takes the system's library
if it is new enough, else the one that tools/setup.sh has built in the user's
cache, else it stops and says what to run.
"""

load("//tools/bazel:pkg_config.bzl", "run_pkg_config")

MINIMUM_VERSION = "2.8.0"

_HEADER = """
package(default_visibility = [
    "@//processor/kafka:__subpackages__",
    # The bare loop of the benchmark, which measures the library itself.
    "@//tests/benchmark/bare_loop:__pkg__",
])
"""

_SYSTEM = """
cc_library(
    name = "librdkafka",
    linkopts = %s,
)
"""

# Outside the system's directories the static library is preferred: the binary
# then runs wherever it lies.
_PREFIX = """
cc_library(
    name = "librdkafka",
    srcs = glob(["lib/librdkafka.a"]) or glob(["lib/librdkafka.so*"]),
    hdrs = glob(["include/librdkafka/*.h"]),
    includes = ["include"],
    linkopts = %s,
)
"""

def _cache_directory(environ):
    home = environ.get("HOME", "/root")
    return (environ.get("XDG_CACHE_HOME") or home + "/.cache") + "/exactmean"

def _is_found(repository_ctx, environment):
    return run_pkg_config(
        repository_ctx,
        ["--atleast-version=" + MINIMUM_VERSION, "rdkafka"],
        environment,
    ) != None

def _variable(repository_ctx, name, environment):
    return run_pkg_config(
        repository_ctx,
        ["--variable=" + name, "rdkafka"],
        environment,
    )[0]

def _prefix_linkopts(repository_ctx, environment):
    """What a static librdkafka needs; the shared one does not mind."""

    # Not `--static --libs`: that also names what the shared libraries below
    # need, of which no development packages are installed.
    required = run_pkg_config(
        repository_ctx,
        ["--print-requires-private", "rdkafka"],
        environment,
    )
    libraries = []
    if required:
        libraries = run_pkg_config(repository_ctx, ["--libs"] + required)
        if libraries == None:
            fail("pkg-config does not find all of what librdkafka needs (%s)" %
                 ", ".join(required) + ": run tools/setup.sh")
    return libraries + ["-lm", "-ldl", "-lpthread", "-lrt"]

def _librdkafka_repository_impl(repository_ctx):
    cache = _cache_directory(repository_ctx.os.environ)
    environment = {}
    if not _is_found(repository_ctx, environment):
        environment = {"PKG_CONFIG_PATH": cache + "/librdkafka/lib/pkgconfig"}
    if not _is_found(repository_ctx, environment):
        fail(("librdkafka %s or newer is neither installed nor in %s: " +
              "run tools/setup.sh") % (MINIMUM_VERSION, cache))

    includes = _variable(repository_ctx, "includedir", environment)
    if includes == "/usr/include":
        linkopts = run_pkg_config(repository_ctx, ["--libs", "rdkafka"])
        build_file = _SYSTEM % repr(linkopts)
    else:
        libraries = _variable(repository_ctx, "libdir", environment)
        repository_ctx.symlink(includes, "include")
        repository_ctx.symlink(libraries, "lib")
        build_file = _PREFIX % repr(_prefix_linkopts(repository_ctx, environment))
    repository_ctx.file("BUILD.bazel", _HEADER + build_file, executable = False)

librdkafka_repository = repository_rule(
    implementation = _librdkafka_repository_impl,
    doc = "@com_github_confluentinc_librdkafka, for //processor/kafka and the benchmark's bare loop.",
    environ = [
        "HOME",
        "PKG_CONFIG_PATH",
        "XDG_CACHE_HOME",
    ],
    # Looked for again at each start of the server: setup may have built it.
    local = True,
)
