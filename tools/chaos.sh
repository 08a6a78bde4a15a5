#!/usr/bin/env bash
# Three brokers and exactmean in trouble, for as long as is asked for, and a
# report. Without flags: each fault once, five to seven minutes.
#   tools/chaos.sh [--minutes=60] [--seed=7] [--instances=2] [--output=DIR]
#     [--faults=instance-kill,disk-full] [--list_faults] [--config='...']
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0"
  exit 0
fi

tools/setup.sh
bazel build --jobs="$(nproc)" --ui_event_filters=-info \
  //tests/chaos:chaos //processor:exactmean
exec bazel-bin/tests/chaos/chaos "$@"
