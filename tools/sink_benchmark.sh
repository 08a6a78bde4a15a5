#!/usr/bin/env bash
# Measures exactmean-sink on a local broker: rows a second into SQLite and into
# a PostgreSQL of its own. Takes two or three minutes.
#   tools/sink_benchmark.sh [--records=1000000] [--keys=100000]
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,4s/^# \{0,1\}//p' "$0"
  exit 0
fi

tools/setup.sh
bazel build --config=opt --jobs="$(nproc)" --ui_event_filters=-info \
  //processor:exactmean //tools/sink:exactmean-sink //tools/cluster:local-kafka \
  //tests/benchmark:topics //tests/benchmark:print-workload \
  //tests/benchmark:await-committed
exec bazel-bin/tools/cluster/local-kafka --noquick_start \
  --heap="-Xms1g -Xmx2g" -- python3 tools/benchmark/sink_benchmark.py "$@"
