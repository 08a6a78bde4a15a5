// topics: makes and deletes the benchmark's topics, without the second or two
// that Kafka's own tools take for each.

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/command_line.h"
#include "processor/kafka/admin.h"

ABSL_FLAG(std::string, bootstrap_servers, "", "host:port of a broker.");
ABSL_FLAG(int, partitions, 4, "Of a topic that is made.");
ABSL_FLAG(bool, compact, false, "Make it a compacted one.");

namespace exactmean {
namespace {

constexpr char kUsage[] = R"(Makes or deletes topics.

  topics [flags] create TOPIC...
  topics [flags] delete TOPIC...     what is not there is no error)";

constexpr absl::Duration kTimeout = absl::Seconds(30);

absl::Status Create(KafkaAdmin& admin, const std::string& name) {
  NewTopic topic;
  topic.name = name;
  topic.partitions = absl::GetFlag(FLAGS_partitions);
  if (absl::GetFlag(FLAGS_compact)) {
    topic.configs["cleanup.policy"] = "compact";
  }
  return admin.CreateTopic(topic, kTimeout);
}

absl::Status Delete(KafkaAdmin& admin, const std::string& name) {
  const absl::Status status = admin.DeleteTopic(name, kTimeout);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status Run(const std::vector<std::string>& words) {
  KafkaOptions options;
  options.bootstrap_servers = absl::GetFlag(FLAGS_bootstrap_servers);
  absl::StatusOr<std::unique_ptr<KafkaAdmin>> admin =
      KafkaAdmin::Create(options);
  if (!admin.ok()) return admin.status();
  for (size_t i = 1; i < words.size(); ++i) {
    const absl::Status status = words[0] == "create"
                                    ? Create(**admin, words[i])
                                    : Delete(**admin, words[i]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

int Main(const std::vector<std::string>& words) {
  if (words.size() < 2 || (words[0] != "create" && words[0] != "delete")) {
    std::cerr << kUsage << "\n";
    return 2;
  }
  const absl::Status status = Run(words);
  if (!status.ok()) std::cerr << "topics: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  return exactmean::Main(
      exactmean::ParseCommandLine(argc, argv, exactmean::kUsage, __FILE__));
}
