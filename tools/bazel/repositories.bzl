"""All external repositories, each named and labelled as upstream's.

Whoever has the internet can put an http_archive of the same name in the place
of any of them: no BUILD file changes.
"""

load("//tools/bazel:absl.bzl", "ABSL_TARGETS")
load("//tools/bazel:librdkafka.bzl", "librdkafka_repository")
load("//tools/bazel:pkg_config.bzl", "pkg_config_repository")

def _rule_repositories():
    native.local_repository(
        name = "rules_cc",
        path = "tools/bazel/rules_cc",
    )
    native.local_repository(
        name = "remote_coverage_tools",
        path = "tools/bazel/remote_coverage_tools",
    )
    native.local_repository(
        name = "rules_java",
        path = "/usr/share/bazel/rules/java",
    )
    native.local_repository(
        name = "rules_proto",
        path = "/usr/share/bazel/rules/proto",
    )

def exactmean_repositories():
    """Declares every repository that the workspace uses."""
    _rule_repositories()
    pkg_config_repository(
        name = "com_google_absl",
        targets = ABSL_TARGETS,
    )
    pkg_config_repository(
        name = "com_google_googletest",
        targets = {
            ":gtest": [
                "gmock",
                "gtest",
            ],
            ":gtest_main": ["gmock_main"],
        },
    )
    pkg_config_repository(
        name = "com_github_google_glog",
        targets = {":glog": ["libglog"]},
    )
    pkg_config_repository(
        name = "com_github_google_benchmark",
        targets = {
            ":benchmark": ["benchmark"],
            ":benchmark_main": [
                "-lbenchmark_main",
                "benchmark",
            ],
        },
    )
    pkg_config_repository(
        name = "com_github_cyan4973_xxhash",
        targets = {":xxhash": ["libxxhash"]},
    )
    pkg_config_repository(
        name = "com_github_simdjson_simdjson",
        targets = {":simdjson": ["simdjson"]},
    )
    pkg_config_repository(
        name = "com_github_yhirose_cpp_httplib",
        targets = {":httplib": ["cpp-httplib"]},
    )
    pkg_config_repository(
        name = "org_postgresql",
        targets = {":libpq": ["libpq"]},
    )
    pkg_config_repository(
        name = "org_sqlite",
        targets = {":sqlite3": ["sqlite3"]},
    )
    native.new_local_repository(
        name = "com_google_protobuf",
        path = "/usr",
        build_file = "//tools/bazel:protobuf.BUILD",
    )
    librdkafka_repository(name = "com_github_confluentinc_librdkafka")
