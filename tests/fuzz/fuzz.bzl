"""fuzz_test: a fuzz target as a test, everything it is built of instrumented.

A transition rebuilds the target and its dependencies with AddressSanitizer,
UndefinedBehaviorSanitizer and GCC's coverage hooks, so that a plain
`bazel test //...` finds memory errors and undefined behaviour, too.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library")
load("//tools/bazel:copts.bzl", "EXACTMEAN_COPTS")

_SANITIZERS = "-fsanitize=address,undefined"

# With these checks gcc 14 no longer takes the address of a function for a
# constant, as Abseil's tables want it. Null pointers end in AddressSanitizer.
_NOT_CHECKED = "-fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute"
_COPT = "//command_line_option:copt"
_LINKOPT = "//command_line_option:linkopt"
_PLATFORM_SUFFIX = "//command_line_option:platform_suffix"

def _without_sanitizers(flags):
    # Another sanitizer of the command line, as --config=tsan, may exclude ours.
    return [flag for flag in flags if not flag.startswith("-fsanitize")]

def _instrument_impl(settings, _attr):
    return {
        _COPT: _without_sanitizers(settings[_COPT]) + [
            _SANITIZERS,
            _NOT_CHECKED,
            "-fno-sanitize-recover=all",
            "-fsanitize-coverage=trace-pc",
            "-fno-omit-frame-pointer",
        ],
        _LINKOPT: _without_sanitizers(settings[_LINKOPT]) + [_SANITIZERS],
        _PLATFORM_SUFFIX: "-fuzz",
    }

_instrument = transition(
    implementation = _instrument_impl,
    inputs = [_COPT, _LINKOPT],
    outputs = [_COPT, _LINKOPT, _PLATFORM_SUFFIX],
)

def _instrumented_test_impl(ctx):
    executable = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = executable,
        target_file = ctx.executable.binary,
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = ctx.files.data)
    return [DefaultInfo(
        executable = executable,
        runfiles = runfiles.merge(
            ctx.attr.binary[0][DefaultInfo].default_runfiles,
        ),
    )]

_instrumented_test = rule(
    implementation = _instrumented_test_impl,
    attrs = {
        "binary": attr.label(
            mandatory = True,
            cfg = _instrument,
            executable = True,
        ),
        "data": attr.label_list(allow_files = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    test = True,
)

def fuzz_test(name, deps, runs, dictionary = None, tags = [], **kwargs):
    """The target in <name>.cc: as a test `runs` inputs, by `bazel run` any number.

    Args:
      name: of the test; the corpus is the directory corpus/<name>.
      deps: of <name>.cc, which defines LLVMFuzzerTestOneInput.
      runs: how many inputs the test tries.
      dictionary: a file of words, in libFuzzer's format; optional.
      tags: of the test.
      **kwargs: further attributes of the test.
    """
    cc_library(
        name = name + "_target",
        testonly = True,
        srcs = [name + ".cc"],
        copts = EXACTMEAN_COPTS,
        deps = deps + [":target"],
        alwayslink = True,
    )
    cc_binary(
        name = name + "_binary",
        testonly = True,
        # Without the transition it would fuzz blindly.
        tags = ["manual"],
        deps = [
            ":driver",
            ":" + name + "_target",
        ],
    )
    corpus = native.glob(["corpus/" + name + "/**"], allow_empty = False)
    package = native.package_name()
    args = ["--runs=%d" % runs]
    if dictionary:
        args.append("--dictionary=%s/%s" % (package, dictionary))
    _instrumented_test(
        name = name,
        size = "small",
        args = args + ["%s/corpus/%s" % (package, name)],
        binary = ":" + name + "_binary",
        data = corpus + ([dictionary] if dictionary else []),
        # Instrumented in its own way, whatever the command line says.
        tags = tags + ["fuzz"],
        **kwargs
    )
