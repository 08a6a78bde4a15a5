#!/bin/bash
# Sets the machine up, builds, runs the tests, and ends with one line that counts
# them: `N passed, N failed`. Leaves no process behind, interrupted or not.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

usage() {
  cat <<'EOF'
usage: tools/test.sh [BAZEL OPTION | TARGET PATTERN]...

Runs tools/setup.sh, then all tests, or those of the given patterns:
  tools/test.sh
  tools/test.sh //state/...
  tools/test.sh --config=asan --test_tag_filters=-broker //state/...

The last line counts test cases: `N passed, N failed`. A target without a
result of its own (not built, crashed, timed out) counts as one failed.
Exit code: 0 if tests ran and all passed, 130 if interrupted, else 1.
EOF
}

bazel_pid=""
interrupted=""

# Bazel cancels on SIGINT: it kills the tests that run, and what they started.
on_signal() {
  interrupted=yes
  [[ -z "${bazel_pid}" ]] || kill -INT "${bazel_pid}" 2>/dev/null
}

clean_up() {
  rm -f "${events}"
  # The server would end by itself in a minute. If somebody else's command runs
  # in it now, it stays until then.
  bazel --noblock_for_lock shutdown >/dev/null 2>&1
}

# Runs Bazel so that this script's signals reach it.
run_bazel() {
  bazel "$@" &
  bazel_pid=$!
  local status
  while true; do
    wait "${bazel_pid}"
    status=$?
    # `wait` also ends when a signal was trapped.
    kill -0 "${bazel_pid}" 2>/dev/null || break
  done
  bazel_pid=""
  return "${status}"
}

patterns=(//...)
for argument in "$@"; do
  case "${argument}" in
    -h | --help)
      usage
      exit
      ;;
    -*) ;;
    *) patterns=() ;;
  esac
done

tools/setup.sh || exit 1

events="$(mktemp)" || exit 1
trap clean_up EXIT
trap on_signal INT TERM HUP
# count_tests.py prints what failed, and the end of its log.
flags=(--keep_going --build_event_json_file="${events}" --test_output=summary)
[[ -t 1 ]] || flags+=(--noshow_progress)
run_bazel test "${flags[@]}" "$@" "${patterns[@]}"
status=$?
if [[ -n "${interrupted}" ]] || ((status == 8)); then  # 8: interrupted, too.
  echo "test.sh: interrupted" >&2
  exit 130
fi
python3 tools/count_tests.py "${events}" "${status}"
