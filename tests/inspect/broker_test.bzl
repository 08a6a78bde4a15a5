"""Tests of the inspector on a broker."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//tools/bazel:copts.bzl", "EXACTMEAN_COPTS")

def broker_test(name, deps, data = []):
    """NAME.cc, on a real broker, alone on the machine.

    Args:
      name: of the test.
      deps: besides the inspector, the pipeline, the matchers and the main.
      data: files that it needs.
    """
    cc_test(
        name = name,
        size = "large",
        srcs = [name + ".cc"],
        copts = EXACTMEAN_COPTS,
        data = data,
        tags = [
            "broker",
            "exclusive",
        ],
        deps = [
            ":inspector",
            "//tests:status_matchers",
            "//tests/broker:pipeline",
            "@com_google_googletest//:gtest_main",
        ] + deps,
    )
