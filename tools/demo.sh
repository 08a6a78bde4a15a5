#!/usr/bin/env bash
# Real stock prices through a real Kafka, with a SIGKILL in the middle, and the
# proof that nothing was lost or counted twice. Installs what it needs, builds,
# and leaves nothing running. With --stay the broker, and a processor, stay for
# you to look around, until Ctrl-C.
#   tools/demo.sh [--stay]
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0"
  exit 0
fi

if [[ $# -gt 1 || ${1:---stay} != --stay ]]; then
  echo "demo.sh: nothing but --stay, not: $*" >&2
  exit 2
fi

tools/setup.sh

echo "==> building (the first time takes a few minutes)"
bazel build --config=opt --jobs="$(nproc)" --ui_event_filters=-info \
  //processor:exactmean //tools/inspect:exactmean-inspect \
  //tools/cluster:local-kafka

echo "==> starting a Kafka broker on loopback"
exec bazel-bin/tools/cluster/local-kafka -- python3 tools/demo/demo.py "$@"
