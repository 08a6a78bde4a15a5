// The flags that all of Kafka's tools share, and kafka-configs.sh's.

#include "processor/program/kafka_tool.h"

#include "absl/strings/str_cat.h"

namespace exactmean {

std::string KafkaTool(absl::string_view name,
                      absl::string_view bootstrap_servers) {
  return absl::StrCat("kafka-", name, ".sh --bootstrap-server ",
                      bootstrap_servers);
}

std::string AlterCommand(absl::string_view bootstrap_servers,
                         absl::string_view topic, absl::string_view settings) {
  return absl::StrCat(KafkaTool("configs", bootstrap_servers),
                      " --alter --entity-type topics --entity-name ", topic,
                      " --add-config ", settings);
}

}  // namespace exactmean
