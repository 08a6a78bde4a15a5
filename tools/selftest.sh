#!/usr/bin/env bash
# Proves on a Kafka cluster of yours that exactmean loses nothing, counts
# nothing twice and shows no reader half a transaction. Installs what it needs,
# builds, and removes the topics it made. About two minutes, once it is built.
#   tools/selftest.sh --bootstrap_servers=HOST:PORT | --config=FILE
#     [--partitions=4] [--replication_factor=3] [--seed=7] [--keep]
# FILE is a configuration of exactmean: its kafka section says how to reach the
# cluster (TLS, SASL). --keep leaves topics and logs, to look at them.
# Exit codes: 0 proven, 1 disproved, 2 usage, 3 could not be carried out,
# 130 interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0"
  exit 0
fi

tools/setup.sh
bazel build --config=opt --jobs="$(nproc)" --ui_event_filters=-info \
  //tests/selftest:selftest
exec bazel-bin/tests/selftest/selftest "$@"
