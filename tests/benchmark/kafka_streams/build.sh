#!/usr/bin/env bash
# Builds the Kafka Streams peer into the user's cache, once for these sources
# and this version of Kafka.
#   build.sh           builds it if it is not there
#   build.sh --where   prints its directory, and ends with 1 if it is not built
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$folder/../../../tools/cluster/kafka_home.sh"

sources=$(cd "$folder" &&
  find -L pom.xml src -type f -print0 | sort -z | xargs -0 sha256sum |
  sha256sum | cut -c1-12)
home=$(dirname "$kafka_home")/kafka-streams-$kafka_version-$sources

case ${1:-} in
  --where)
    echo "$home"
    [[ -f $home/kafka-streams-peer-1.jar ]]
    exit
    ;;
  "") ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "$0"
    [[ $1 == -h || $1 == --help ]] && exit 0 || exit 2
    ;;
esac
[[ ! -f $home/kafka-streams-peer-1.jar ]] || exit 0

command -v mvn >/dev/null || die "no mvn (Maven): run tools/setup.sh --benchmark"
command -v javac >/dev/null || [[ -x ${JAVA_HOME:-}/bin/javac ]] ||
  die "no javac (a JDK): run tools/setup.sh --benchmark"
mkdir -p "$(dirname "$home")"
work=$(mktemp -d "$(dirname "$home")/building.XXXXXX")
trap 'rm -rf "$work"' EXIT
mvn -q -B -ntp -Dstyle.color=never -f "$folder/pom.xml" \
  -Dkafka.version="$kafka_version" -Doutput.directory="$work/new" package \
  >"$work/mvn.log" 2>&1 ||
  die "Maven could not build the Kafka Streams peer:
$(tail -n 25 "$work/mvn.log")"
# Fails if another run was first: its result is as good as ours.
mv -T "$work/new" "$home" 2>"$work/mv.log" ||
  [[ -f $home/kafka-streams-peer-1.jar ]] || die "$(cat "$work/mv.log")"
