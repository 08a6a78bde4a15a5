#!/usr/bin/env bash
# Puts a Kafka broker into the user's cache for LocalKafka: its jars, the
# bootstrap.checkpoint of a formatted log directory, and an archive of loaded
# classes that halves the start time. A second run finds them and ends at once.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/kafka_home.sh"

[[ ${1:-} == "" ]] || {
  echo "usage: $0    (fetches Kafka $kafka_version into $kafka_home)"
  [[ $1 == --help ]] && exit 0 || exit 2
}

work= broker=
cleanup() {
  [[ -z $broker ]] || kill -KILL "$broker" 2>/dev/null || true
  [[ -z $work ]] || rm -rf "$work"
}
trap cleanup EXIT

# write_properties FILE LOG_DIR PORT: one node, its controller on PORT + 1.
write_properties() {
  cat >"$1" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$(($3 + 1))
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$3,CONTROLLER://127.0.0.1:$(($3 + 1))
log.dirs=$2
CONF
}

# The jars, and the records that `format` would give to every node of a new
# cluster: with them at hand, a start needs no JVM of its own for the format.
fetch() {
  command -v mvn >/dev/null || die "no mvn (Maven): run tools/setup.sh"
  echo "fetching Kafka $kafka_version (about 55 MB) into $kafka_home"
  mvn -q -B -ntp -Dstyle.color=never -f "$here/pom.xml" \
    dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$work/new" >"$work/mvn.log" 2>&1 ||
    die "Maven could not fetch Kafka $kafka_version:
$(tail -n 15 "$work/mvn.log")"
  write_properties "$work/format.properties" "$work/formatted" 9092
  "$java" -cp "$work/new/*" kafka.tools.StorageTool format \
    --cluster-id ExactmeanLocalKafka00A --config "$work/format.properties" \
    >"$work/format.log" 2>&1 ||
    die "Kafka's StorageTool failed:
$(tail -n 15 "$work/format.log")"
  cp "$work/formatted/bootstrap.checkpoint" "$work/new/"
  # Fails if another run was first: its result is as good as ours.
  mv -T "$work/new" "$kafka_home" 2>"$work/mv.log" ||
    [[ -f $kafka_home/bootstrap.checkpoint ]] || die "$(cat "$work/mv.log")"
}

# Runs a broker once, to record which classes a start loads. The archive is
# bound to the paths of the jars and to the Java that wrote it.
archive_classes() {
  local port=$((10000 + RANDOM % 20000)) i
  mkdir "$work/data"
  printf 'version=1\ncluster.id=archive\nnode.id=1\n' \
    >"$work/data/meta.properties"
  cp "$kafka_home/bootstrap.checkpoint" "$work/data/"
  write_properties "$work/server.properties" "$work/data" "$port"
  "$java" -XX:+UseSerialGC -XX:ArchiveClassesAtExit="$work/startup.jsa" \
    -cp "$kafka_home/*" kafka.Kafka "$work/server.properties" \
    >"$work/broker.log" 2>&1 &
  broker=$!
  for ((i = 0; i < 600; i++)); do
    grep -q 'Kafka Server started' "$work/broker.log" && break
    kill -0 "$broker" 2>/dev/null || break
    sleep 0.1
  done
  kill -TERM "$broker" 2>/dev/null || true
  wait "$broker" 2>/dev/null || true
  broker=
  [[ -s $work/startup.jsa ]] || return 1
  echo "$java_version" >"$work/startup.java"
  mv -f "$work/startup.jsa" "$work/startup.java" "$kafka_home/"
}

java_version=$("$java" -version 2>&1)
have_jars() { [[ -f $kafka_home/bootstrap.checkpoint ]]; }
have_archive() {
  [[ -f $kafka_home/startup.jsa &&
    $(cat "$kafka_home/startup.java" 2>/dev/null) == "$java_version" ]]
}
have_jars && have_archive && exit 0

mkdir -p "$(dirname "$kafka_home")"
work=$(mktemp -d "$(dirname "$kafka_home")/fetching.XXXXXX")
have_jars || fetch
have_archive || archive_classes ||
  echo "note: no class archive, so a broker starts about 1 s slower:
$(tail -n 3 "$work/broker.log")" >&2
