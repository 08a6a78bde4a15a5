"""Repositories whose targets link libraries of the system.

`pkg_config_repository` writes one cc_library for each label that it is told
of, with the flags that pkg-config gives for the modules of that label. Flags
differ between Debian releases (the number of Abseil's libraries, for one), so
they are asked for, not written down.
"""

def run_pkg_config(repository_ctx, arguments, environment = {}):
    """Runs pkg-config and returns its output as a list of flags.

    Args:
      repository_ctx: the context of the repository rule.
      arguments: a list of strings: options and modules.
      environment: variables to set for this run.

    Returns:
      The list of flags, or None if pkg-config does not know the modules.
    """
    program = repository_ctx.which("pkg-config")
    if not program:
        fail("pkg-config is not installed: run tools/setup.sh")
    result = repository_ctx.execute(
        [program] + arguments,
        environment = environment,
    )
    if result.return_code != 0:
        return None
    return [flag for flag in result.stdout.strip().split(" ") if flag]

def write_build_file(repository_ctx, package, targets):
    """Writes the BUILD file of one package.

    Args:
      repository_ctx: the context of the repository rule.
      package: the package's path, "" for the root.
      targets: a list of strings: the text of each target.
    """
    repository_ctx.file(
        (package + "/" if package else "") + "BUILD.bazel",
        "\n".join(
            ["package(default_visibility = [\"//visibility:public\"])"] +
            targets,
        ),
        executable = False,
    )

def _flags(repository_ctx, option, modules):
    flags = run_pkg_config(repository_ctx, [option] + modules)
    if flags == None:
        fail("@%s: pkg-config finds no %s: run tools/setup.sh" % (
            repository_ctx.name,
            " or no ".join(modules),
        ))
    return flags

def _cc_library(repository_ctx, name, values):
    modules = [value for value in values if not value.startswith("-l")]
    defines = [
        flag[2:]
        for flag in _flags(repository_ctx, "--cflags-only-other", modules)
        # NOMINMAX is for Windows; the rest are the library's own.
        if flag.startswith("-D") and flag != "-DNOMINMAX"
    ]
    linkopts = [value for value in values if value.startswith("-l")]
    linkopts += _flags(repository_ctx, "--libs", modules)
    return """
cc_library(
    name = %r,
    defines = %r,
    linkopts = %r,
)""" % (name, defines, linkopts)

def _pkg_config_repository_impl(repository_ctx):
    packages = {}
    for label, modules in repository_ctx.attr.targets.items():
        package, _, name = label.partition(":")
        if not name:
            name = package.split("/")[-1]
        packages.setdefault(package, []).append(
            _cc_library(repository_ctx, name, modules),
        )
    for package, targets in packages.items():
        write_build_file(repository_ctx, package, targets)

pkg_config_repository = repository_rule(
    implementation = _pkg_config_repository_impl,
    doc = "System libraries as cc_library targets.",
    attrs = {
        "targets": attr.string_list_dict(
            mandatory = True,
            doc = "From `package:name` (or `package`, for the target of the " +
                  "same name) to pkg-config's modules, and to -l flags of " +
                  "libraries that pkg-config does not know.",
        ),
    },
    environ = ["PKG_CONFIG_PATH"],
)
