#!/usr/bin/env bash
# Runs one of Kafka's own tools from the cached jars, against the local Kafka
# if the tool is run under local-kafka. Examples:
#   kafka_tool.sh TopicCommand --list
#   kafka_tool.sh consumer.group.ConsumerGroupCommand --describe --all-groups
#   kafka_tool.sh consumer.ConsoleConsumer --topic quotes --from-beginning
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/kafka_home.sh"

[[ $# -gt 0 && $1 != --help ]] || {
  sed -n '2,6s/^# \{0,1\}//p' "$0"
  exit 2
}
[[ -f $kafka_home/bootstrap.checkpoint ]] ||
  die "Kafka $kafka_version is not in $kafka_home: run $here/fetch_kafka.sh"

tool=org.apache.kafka.tools.$1
shift
if [[ " $* " != *" --bootstrap-server"* &&
  -n ${EXACTMEAN_BOOTSTRAP_SERVERS:-} ]]; then
  set -- --bootstrap-server "$EXACTMEAN_BOOTSTRAP_SERVERS" "$@"
fi
exec "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  -cp "$kafka_home/*" "$tool" "$@"
