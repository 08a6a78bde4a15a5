#!/usr/bin/env bash
# Measures Exactmean and its peers on a local broker, in turn, and checks every
# result: tools/benchmark.sh --help. Installs what it needs, and leaves nothing
# running.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly benchmark=(python3 tools/benchmark/benchmark.py)

case " $* " in
  *" -h "* | *" --help "* | *" --report"*) exec "${benchmark[@]}" "$@" ;;
esac
setup=()
setup_flags=$("${benchmark[@]}" --setup "$@")
[[ -z $setup_flags ]] || setup=("$setup_flags")
tools/setup.sh "${setup[@]}" >&2
bazel build --config=opt --jobs="${JOBS:-$(nproc)}" --ui_event_filters=-info --show_result=0 \
  //tests/benchmark:programs >&2
exec bazel-bin/tools/cluster/local-kafka --noquick_start \
  --heap="-Xms1g -Xmx2g" -- "${benchmark[@]}" "$@"
