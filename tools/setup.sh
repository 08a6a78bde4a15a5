#!/bin/bash
# Installs whatever build, tests and demo need and the machine lacks: Debian
# packages, librdkafka in a version that is new enough, and a Kafka broker for
# the tests. For Debian 12 and 13, as root or with sudo; a second run is a no-op.
set -euo pipefail

tools="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly tools
readonly cache="${XDG_CACHE_HOME:-${HOME}/.cache}/exactmean"
readonly log="${cache}/setup.log"
librdkafka_minimum="$(sed -n 's/^MINIMUM_VERSION = "\(.*\)"/\1/p' \
  "${tools}/bazel/librdkafka.bzl")"
readonly librdkafka_minimum
lists_are_fresh=""

readonly packages=(
  # Build.
  bazel-bootstrap bazel-rules-java bazel-rules-proto g++ pkg-config
  libabsl-dev libbenchmark-dev libcpp-httplib-dev libgmock-dev
  libgoogle-glog-dev libgtest-dev libpq-dev libprotobuf-dev libsimdjson-dev
  libsqlite3-dev libxxhash-dev protobuf-compiler
  # What librdkafka links.
  libcurl4-openssl-dev liblz4-dev libsasl2-dev libssl-dev libzstd-dev
  zlib1g-dev
  # Tests, demo and checks.
  clang-format clang-tidy default-jre-headless git groff-base kcat maven openssl
  python3 shellcheck
)

die() {
  echo "setup: $*" >&2
  exit 1
}

usage() {
  cat <<EOF
usage: tools/setup.sh [--benchmark]

Installs what is missing to build, test and demonstrate Exactmean:
Debian packages (asks sudo unless run as root), librdkafka ${librdkafka_minimum} or newer,
and a Kafka broker for the tests. Does nothing when all is there.
  --benchmark  also a JDK, and builds the Kafka Streams peer of
               tools/benchmark.sh with it (Maven fetches some 90 MB)
EOF
}

# step TEXT COMMAND...: says what is done; the command's output is for the log.
step() {
  echo "setup: $1"
  shift
  local status=0
  {
    echo "==> $*"
    "$@"
  } >>"${log}" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    tail -n 15 "${log}" >&2
    die "failed (exit code ${status}): ${*}; the whole output is in ${log}"
  fi
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y \
    -o DPkg::Lock::Timeout=300 "$@"
}

# The packages that are not installed, one a line.
missing_packages() {
  comm -23 \
    <(printf '%s\n' "$@" | sort) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
      sed -n 's/^ii *//p' | sort)
}

check_system() {
  local name="this system"
  if [[ -r /etc/os-release ]]; then
    name="$(. /etc/os-release && echo "${PRETTY_NAME:-${ID:-unknown}}")"
  fi
  command -v apt-get >/dev/null ||
    die "${name} has no apt-get: this script knows Debian 12 and 13 only." \
      "The list of packages at its top says what to install"
  ((EUID == 0)) || command -v sudo >/dev/null ||
    die "packages are missing (${missing[*]}): run this script as root," \
      "or install sudo"
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  check_system
  if ((EUID != 0)); then
    sudo -v || die "sudo refused; packages are missing: ${missing[*]}"
  fi
  if [[ -z "${lists_are_fresh}" ]]; then
    step "reading the package lists" apt_get update
    lists_are_fresh=yes
  fi
  local package unknown=()
  for package in "${missing[@]}"; do
    [[ -n "$(apt-cache madison "${package}" 2>>"${log}")" ]] ||
      unknown+=("${package}")
  done
  ((${#unknown[@]} == 0)) ||
    die "this system has no package ${unknown[*]}:" \
      "Debian 12 and 13 have (or mend the sources in /etc/apt)"
  step "installing ${#missing[@]} packages: ${missing[*]}" \
    apt_get install --no-install-recommends "${missing[@]}"
}

# True if the Bazel rule of the repository will find a librdkafka.
have_librdkafka() {
  local wanted="--atleast-version=${librdkafka_minimum}"
  pkg-config "${wanted}" rdkafka ||
    PKG_CONFIG_PATH="${cache}/librdkafka/lib/pkgconfig" \
      pkg-config "${wanted}" rdkafka
}

install_librdkafka() {
  have_librdkafka && return
  local packaged
  packaged="$(apt-cache madison librdkafka-dev | awk 'NR == 1 { print $3 }')"
  if [[ -n "${packaged}" ]] &&
    dpkg --compare-versions "${packaged}" ge "${librdkafka_minimum}"; then
    install_packages librdkafka-dev
  else
    step "building librdkafka (1-2 minutes; the system's is older than ${librdkafka_minimum})" \
      "${tools}/build_librdkafka.sh"
  fi
  have_librdkafka || die "pkg-config still finds no librdkafka" \
    "${librdkafka_minimum} or newer; see ${log}"
}

# The tests start servers of their own. Its package would make one more and have
# it run from now on, unless told not to while it is installed.
install_postgresql() {
  [[ -n "$(missing_packages postgresql)" ]] || return 0
  local dir=/etc/postgresql-common/createcluster.d
  local file="${dir}/exactmean.conf"
  as_root mkdir -p "${dir}"
  echo "create_main_cluster = false" | as_root tee "${file}" >/dev/null
  (
    trap 'as_root rm -f "${file}"' EXIT
    install_packages postgresql
  )
}

# The one thing here that is compiled in Java, and so for those alone who ask.
build_streams_peer() {
  local peer="${tools}/../tests/benchmark/kafka_streams/build.sh"
  "${peer}" --where >/dev/null && return
  command -v javac >/dev/null || install_packages default-jdk-headless
  step "building the Kafka Streams peer of the benchmark" "${peer}"
}

main() {
  local benchmark=""
  case "${1:-}" in
    "") ;;
    --benchmark) benchmark=yes ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  mkdir -p "${cache}"
  : >"${log}"
  install_packages "${packages[@]}"
  install_postgresql
  install_librdkafka
  "${tools}/cluster/fetch_kafka.sh"
  [[ -z "${benchmark}" ]] || build_streams_peer
  echo "setup: ready"
}

main "$@"
