#!/usr/bin/env bash
# Proves on a Kafka cluster of yours that exactmean loses nothing, counts
# nothing twice and shows no reader half a transaction. Installs what it needs,
# builds, and removes the topics it made.
#   tools/selftest.sh --bootstrap_servers=HOST:PORT    (--help tells the rest)
set -euo pipefail
cd "$(dirname "$0")/.."

tools/setup.sh
bazel build --config=opt --jobs="$(nproc)" --ui_event_filters=-info \
  //tests/selftest:selftest
exec bazel-bin/tests/selftest/selftest "$@"
