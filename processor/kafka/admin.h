// Topics as an administrator sees them: described and created.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_
#define EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"

namespace exactmean {

struct TopicDescription {
  int32_t partitions = 0;
  int32_t replication_factor = 0;
  std::map<std::string, std::string> configs;
};

// One thread.
class KafkaAdmin {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Create(
      const KafkaOptions& options);

  // kUnavailable, with the addresses tried, when no broker answers in time.
  absl::Status CheckReachable(absl::Duration timeout);

  // kNotFound when there is no such topic.
  absl::StatusOr<TopicDescription> DescribeTopic(const std::string& topic);

  // `replication_factor` 0: the broker's default. kAlreadyExists.
  absl::Status CreateTopic(const std::string& topic, int32_t partitions,
                           int32_t replication_factor,
                           const std::map<std::string, std::string>& configs);

 private:
  KafkaAdmin(KafkaHandle client, std::string servers)
      : client_(std::move(client)), servers_(std::move(servers)) {}

  absl::Status DescribeConfigs(const std::string& topic,
                               std::map<std::string, std::string>* configs);

  KafkaHandle client_;
  const std::string servers_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_
