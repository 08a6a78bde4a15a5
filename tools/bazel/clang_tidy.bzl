"""clang-tidy as a Bazel aspect: it sees each file's own include paths, and runs
again only for what has changed.

    bazel build //... --aspects=//tools/bazel:clang_tidy.bzl%clang_tidy \
        --output_groups=clang_tidy
"""

# Only clang analyses ABSL_GUARDED_BY and its like.
_FLAGS = [
    "-xc++",
    "-std=c++17",
    "-Wall",
    "-Wthread-safety",
]

# Silent if all is well: clang-tidy also says how many warnings it hid.
_COMMAND = """
stamp="$1"
shift
clang-tidy --quiet "$@" >"${stamp}" 2>&1 || { cat "${stamp}"; exit 1; }
"""

def _files(rule, attribute):
    return [
        file
        for target in getattr(rule.attr, attribute, [])
        for file in target.files.to_list()
    ]

def _arguments(ctx, source, stamp, context):
    arguments = ctx.actions.args()
    arguments.add(stamp)
    arguments.add(source)
    arguments.add("--")
    arguments.add_all(_FLAGS)
    arguments.add_all(context.quote_includes, before_each = "-iquote")
    arguments.add_all(context.includes, before_each = "-isystem")
    arguments.add_all(context.system_includes, before_each = "-isystem")
    arguments.add_all(context.defines, format_each = "-D%s")
    return arguments

def _clang_tidy_impl(target, ctx):
    # Not the rules of other repositories, nor of generated code.
    if target.label.workspace_name or not hasattr(ctx.rule.attr, "copts"):
        return []
    own_files = _files(ctx.rule, "srcs") + _files(ctx.rule, "hdrs")
    context = cc_common.merge_cc_infos(cc_infos = [
        dep[CcInfo]
        for dep in ctx.rule.attr.deps
        if CcInfo in dep
    ] + ([target[CcInfo]] if CcInfo in target else [])).compilation_context

    stamps = []
    for source in own_files:
        if not source.is_source or source.extension != "cc":
            continue
        stamp = ctx.actions.declare_file(
            "%s.%s.clang_tidy" % (target.label.name, source.basename),
        )
        stamps.append(stamp)
        ctx.actions.run_shell(
            command = _COMMAND,
            arguments = [_arguments(ctx, source, stamp, context)],
            inputs = depset(
                own_files + ctx.files._config,
                transitive = [context.headers],
            ),
            outputs = [stamp],
            mnemonic = "ClangTidy",
            progress_message = "Checking %s" % source.short_path,
            use_default_shell_env = True,
        )
    return [OutputGroupInfo(clang_tidy = depset(stamps))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    doc = "Runs clang-tidy on the .cc files of our own C++ rules.",
    attrs = {
        "_config": attr.label(
            allow_single_file = True,
            default = "//:.clang-tidy",
        ),
    },
)
