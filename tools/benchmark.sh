#!/usr/bin/env bash
# Measures exactmean end to end on a local broker: records a second, CPU seconds
# per million records, peak memory. Takes a minute or two.
#   tools/benchmark.sh [--records=5000000] [--keys=100000] [--workers=1]
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,4s/^# \{0,1\}//p' "$0"
  exit 0
fi

tools/setup.sh
bazel build --config=opt --jobs="$(nproc)" --ui_event_filters=-info \
  //processor:exactmean //tools/inspect:exactmean-inspect \
  //tools/cluster:local-kafka
exec bazel-bin/tools/cluster/local-kafka --noquick_start \
  --heap="-Xms1g -Xmx2g" -- python3 tools/benchmark/benchmark.py "$@"
