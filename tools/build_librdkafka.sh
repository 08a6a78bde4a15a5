#!/bin/bash
# Builds librdkafka into the user's cache from the source package of Debian 13,
# for systems whose own is too old (Debian 12). The source comes from the
# machine's own mirror, signed by Debian; the system's sources stay as they are.
set -euo pipefail

readonly SUITE=trixie
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# The result is librdkafka-<version> in here. The link librdkafka to it is where
# tools/bazel/librdkafka.bzl looks.
readonly CACHE="${XDG_CACHE_HOME:-${HOME}/.cache}/exactmean"

die() {
  echo "build_librdkafka.sh: $*" >&2
  exit 1
}

# Prints what may be the Debian mirror of the machine's own sources, one a line.
# They are in the old one-line format (.list) or in the new one (.sources);
# mirror+file: names a list of mirrors.
find_mirrors() {
  local file files=()
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    /etc/apt/sources.list.d/*.sources; do
    [[ -r "${file}" ]] && files+=("${file}")
  done
  # Security updates have a mirror of their own: not that one.
  awk '
    /^[[:space:]]*#/ { next }
    $1 == "URIs:" || $1 == "deb" {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^[a-z+]+:\/.*\/debian(\.list)?\/?$/ && !seen[$i]++) print $i
      }
    }' "${files[@]}" /dev/null
}

# Runs an apt command with sources, lists and cache of its own.
apt_own() {
  local command="$1"
  shift
  "${command}" \
    -o Dir::Etc::SourceList="${work}/sources.list" \
    -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="${work}/lists" \
    -o Dir::Cache="${work}/cache" \
    -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Languages=none \
    -o Acquire::Retries=3 \
    "$@"
}

fetch_source_from() {
  local mirror="$1"
  echo "Source package: librdkafka of ${SUITE}, from ${mirror}"
  rm -rf "${work}/lists" "${work}/cache"
  mkdir -p "${work}/lists/partial" "${work}/cache/archives/partial"
  echo "deb-src [signed-by=${KEYRING}] ${mirror} ${SUITE} main" \
    >"${work}/sources.list"
  apt_own apt-get update --error-on=any &&
    apt_own apt-get source --download-only librdkafka
}

fetch_source() {
  local mirror mirrors
  mapfile -t mirrors < <(find_mirrors)
  # Others than Debian name their sources so, too: those lack the suite.
  for mirror in "${mirrors[@]}"; do
    fetch_source_from "${mirror}" && return
  done
  die "no source package of librdkafka: none of the machine's apt sources" \
    "(${mirrors[*]:-none found}) is a Debian mirror with the suite ${SUITE}." \
    "Add one in /etc/apt, or install librdkafka 2.8.0 or newer yourself"
}

# The build is upstream's own, for a static library (and a shared one).
build() {
  # apt has checked the files already, up to the archive's signature.
  dpkg-source --no-check -x "${work}"/librdkafka_*.dsc "${work}/source"
  cd "${work}/source"
  local version
  version="$(dpkg-parsechangelog -S Version | sed 's/-[^-]*$//')"
  local prefix="${CACHE}/librdkafka-${version}"
  ./configure --prefix="${prefix}"
  make -j "$(nproc)" libs
  rm -rf "${prefix}"
  make install-subdirs
  ln -sfn "librdkafka-${version}" "${CACHE}/librdkafka"
}

mkdir -p "${CACHE}"
# One build at a time: another clone's setup may run, too.
exec 9>"${CACHE}/librdkafka.lock"
flock 9
work="$(mktemp -d "${CACHE}/librdkafka-build.XXXXXX")"
trap 'rm -rf "${work}"' EXIT
cd "${work}"
fetch_source
build
