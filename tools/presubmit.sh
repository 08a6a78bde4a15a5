#!/bin/bash
# All checks that a change must pass before it is sent: format, BUILD files,
# scripts, sizes, clang-tidy, tests, the unit and simulation tests under each
# sanitizer, and a minute of every fuzz target.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly cache="${XDG_CACHE_HOME:-${HOME}/.cache}/exactmean"
# Later versions advise what Debian's Bazel does not know.
readonly buildifier_version=6.4.0
readonly buildifier_home="${cache}/buildifier-${buildifier_version}"
readonly max_lines=300
readonly sanitizers=(asan ubsan tsan)
readonly fuzz_seconds=60

die() {
  echo "presubmit: $*" >&2
  exit 1
}

usage() {
  cat <<'EOF'
usage: tools/presubmit.sh [--fix | --no-tests]

Checks the whole tree and stops at the first check that fails.
  --fix       format C++, proto and BUILD files, and do nothing else
  --no-tests  stop after the checks of the text
EOF
}

step() {
  echo "presubmit: $*"
}

# The files of the repository whose names match, each ended by a zero byte.
files() {
  local file
  git ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do
      # One that is deleted but not yet committed is listed, too.
      [[ ! -f "${file}" ]] || printf '%s\0' "${file}"
    done
}

bazel_files() {
  files '*.bazel' '*.bzl' '*.BUILD' WORKSPACE
}

# Debian has no package of buildifier; npm's holds the binary.
install_buildifier() {
  [[ -d "${buildifier_home}/node_modules" ]] && return
  command -v npm >/dev/null ||
    die "no npm, which fetches buildifier: apt-get install npm"
  mkdir -p "${cache}"
  step "fetching buildifier ${buildifier_version}"
  local new
  new="$(mktemp -d "${cache}/buildifier.XXXXXX")"
  npm install --silent --no-audit --no-fund --prefix "${new}" \
    "@bazel/buildifier@${buildifier_version}" ||
    die "npm could not fetch buildifier ${buildifier_version}"
  # Fails if another run was first: its result is as good as ours.
  mv -T "${new}" "${buildifier_home}" 2>/dev/null || rm -rf "${new}"
}

buildifier() {
  "${buildifier_home}/node_modules/.bin/buildifier" "$@"
}

fix() {
  install_buildifier
  files '*.cc' '*.h' '*.proto' | xargs -0 -r clang-format -i
  local sources
  mapfile -d '' -t sources < <(bazel_files)
  buildifier -mode=fix -lint=fix -warnings=-unnamed-macro "${sources[@]}"
}

check_format() {
  step "clang-format"
  files '*.cc' '*.h' '*.proto' |
    xargs -0 -r clang-format --dry-run --Werror ||
    die "run tools/presubmit.sh --fix"
  step "buildifier"
  install_buildifier
  local sources
  mapfile -d '' -t sources < <(bazel_files)
  buildifier -mode=check -lint=warn -warnings=-unnamed-macro \
    "${sources[@]}" || die "run tools/presubmit.sh --fix"
}

check_scripts() {
  step "shellcheck"
  # SC1007 takes `a= b=` for a slip.
  files '*.sh' .ci/run | xargs -0 -r shellcheck --severity=warning \
    --shell=bash --exclude=SC1007 --external-sources \
    --source-path=SCRIPTDIR || die "mend what shellcheck names"
}

check_sizes() {
  # The configuration is one file for its reader: proto/config.proto is as long
  # as it has fields.
  step "files of at most ${max_lines} lines"
  local long
  long="$(files '*.cc' '*.h' '*.sh' '*.py' '*.bzl' |
    xargs -0 -r -n 1 wc -l | awk -v max="${max_lines}" '$1 > max')"
  [[ -z "${long}" ]] || die "too long, split:
${long}"
}

check_tidy() {
  step "clang-tidy (only what has changed since it last passed)"
  bazel build --noshow_progress --keep_going \
    --aspects=//tools/bazel:clang_tidy.bzl%clang_tidy \
    --output_groups=clang_tidy //... || die "mend what clang-tidy names"
}

check_sanitizers() {
  local sanitizer
  for sanitizer in "${sanitizers[@]}"; do
    step "unit and simulation tests under ${sanitizer}"
    tools/test.sh --config="${sanitizer}" --build_tests_only ||
      die "tests fail: tools/test.sh --config=${sanitizer} --build_tests_only"
  done
}

check_fuzz() {
  local targets target seed="${RANDOM}"
  targets="$(bazel query --noshow_progress 'kind(_instrumented_test,
    //tests/fuzz:all) except attr(tags, manual, //tests/fuzz:all)')"
  for target in ${targets}; do
    step "${target} for ${fuzz_seconds} s, from seed ${seed}"
    bazel run --noshow_progress "${target}" -- \
      --seconds="${fuzz_seconds}" --seed="${seed}" ||
      die "${target} fails; the command above replays it"
  done
}

main() {
  local tests=yes
  case "${1:-}" in
    "") ;;
    --fix)
      fix
      exit
      ;;
    --no-tests) tests="" ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  tools/setup.sh
  check_format
  check_scripts
  check_sizes
  check_tidy
  if [[ -n "${tests}" ]]; then
    step "tests"
    tools/test.sh || die "tests fail"
    check_sanitizers
    check_fuzz
  fi
  step "all is well"
}

main "$@"
