"""A Google Benchmark program, and a test that it still runs."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")
load("//tools/bazel:copts.bzl", "EXACTMEAN_COPTS")

def exactmean_benchmark(name, srcs, deps):
    """`bazel run --config=opt` measures; the test NAME_runs asserts no time.

    Args:
      name: of the program.
      srcs: of the program.
      deps: of the program; Google Benchmark and its main come by themselves.
    """
    deps = deps + ["@com_github_google_benchmark//:benchmark_main"]
    cc_binary(
        name = name,
        testonly = True,
        srcs = srcs,
        copts = EXACTMEAN_COPTS,
        deps = deps,
    )
    cc_test(
        name = name + "_runs",
        srcs = srcs,
        # As short as may be.
        args = ["--benchmark_min_time=0.001"],
        copts = EXACTMEAN_COPTS,
        tags = ["benchmark"],
        deps = deps,
    )
