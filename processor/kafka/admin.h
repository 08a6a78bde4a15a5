// Describing and creating topics, for checks before the start.

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
  int replication_factor = 0;  // the least of any partition
  // By name, as "cleanup.policy"; with the broker's defaults.
  std::map<std::string, std::string> configs;
};

struct NewTopic {
  std::string name;
  int32_t partitions = 1;
  int replication_factor = -1;  // -1: the broker's default
  std::map<std::string, std::string> configs;
};

// One thread.
class KafkaAdmin {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Create(
      const KafkaOptions& options);

  // Number of brokers of the cluster. kUnavailable: none answered; the message
  // holds the last error met.
  absl::StatusOr<int> CountBrokers(absl::Duration timeout);

  // kNotFound; kPermissionDenied names what is missing.
  absl::StatusOr<TopicDescription> DescribeTopic(const std::string& topic,
                                                 absl::Duration timeout);

  // Returns when the topic can be used. kAlreadyExists.
  absl::Status CreateTopic(const NewTopic& topic, absl::Duration timeout);

  // kNotFound.
  absl::Status DeleteTopic(const std::string& topic, absl::Duration timeout);
  // A consumer group, which must have no members. kNotFound.
  absl::Status DeleteGroup(const std::string& group, absl::Duration timeout);

 private:
  struct LastError;

  explicit KafkaAdmin(const KafkaOptions& options) : options_(options) {}

  absl::Status DescribeConfigs(const std::string& topic, absl::Duration timeout,
                               std::map<std::string, std::string>* configs);
  absl::Status Explain(const absl::Status& status);

  const KafkaOptions options_;
  std::shared_ptr<LastError> last_error_;  // shared with the callbacks
  ClientHandle client_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_
