// Finds the Kafka that fetch_kafka.sh has put into the user's cache, and the
// Java to run it.

#ifndef EXACTMEAN_TOOLS_CLUSTER_KAFKA_INSTALL_H_
#define EXACTMEAN_TOOLS_CLUSTER_KAFKA_INSTALL_H_

#include <string>

#include "absl/status/statusor.h"

namespace exactmean {

struct KafkaInstall {
  std::string version;
  std::string java;
  // All jars: the broker's and those of org.apache.kafka.tools.
  std::string classpath;
  // What a new node starts from: the records that `format` would write.
  std::string bootstrap_checkpoint;
  // Classes as the Java VM loads them fast; it ignores an archive not its own.
  std::string startup_archive;
};

// kNotFound says what is missing, where it was looked for and how to get it.
absl::StatusOr<KafkaInstall> FindKafka();

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_KAFKA_INSTALL_H_
