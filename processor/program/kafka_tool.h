// Commands of Kafka's own tools, as they are printed for the user to run.

#ifndef EXACTMEAN_PROCESSOR_PROGRAM_KAFKA_TOOL_H_
#define EXACTMEAN_PROCESSOR_PROGRAM_KAFKA_TOOL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// How each begins: "kafka-NAME.sh --bootstrap-server SERVERS".
std::string KafkaTool(absl::string_view name,
                      absl::string_view bootstrap_servers);

// The command that sets these of a topic: "name=value,...".
std::string AlterCommand(absl::string_view bootstrap_servers,
                         absl::string_view topic, absl::string_view settings);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROGRAM_KAFKA_TOOL_H_
