# For the scripts here to source: where the Kafka of pom.xml's version is kept
# (kafka_home), which Java runs it (java), and how to fail (die).
# kafka_install.cc follows the same rules.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

kafka_version=$(sed -n 's:.*<kafka\.version>\(.*\)</kafka\.version>.*:\1:p' \
  "$here/pom.xml")
[[ -n $kafka_version ]] || die "no <kafka.version> in $here/pom.xml"

kafka_home=${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}
kafka_home=$kafka_home/exactmean/kafka-$kafka_version

java=java
[[ -n ${JAVA_HOME:-} ]] && java=$JAVA_HOME/bin/java
command -v "$java" >/dev/null ||
  die "no Java ('$java'): run tools/setup.sh, or point JAVA_HOME at Java 17+"
