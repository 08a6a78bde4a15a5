// Describing and creating topics, and what the cluster allows: for checks
// before the start.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_
#define EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"

namespace exactmean {

// Of Kafka's operations on a resource, those that anybody here needs. kRead and
// kWrite include kDescribe.
enum class Operation { kRead, kWrite, kCreate, kDescribe, kDescribeConfigs };

// What a cluster allows; nullopt: it does not tell.
using AllowedOperations = absl::optional<std::set<Operation>>;

struct TopicDescription {
  int32_t partitions = 0;
  int replication_factor = 0;  // the least of any partition
  int in_sync = 0;             // likewise, of replicas in sync now
  AllowedOperations allowed;
};

struct GroupMember {
  std::string id;
  std::string instance;  // of a static member; else empty
  std::string client;
  std::string host;
  // What it is assigned: topic and partition.
  std::vector<std::pair<std::string, int32_t>> partitions;
};

struct GroupDescription {
  // As Kafka's tools call it: "Stable", "Empty", "Dead" when there is no such
  // group, ...
  std::string state;
  std::vector<GroupMember> members;
  AllowedOperations allowed;
};

struct NewTopic {
  std::string name;
  int32_t partitions = 1;
  int replication_factor = -1;  // -1: the broker's default
  std::map<std::string, std::string> configs;
};

// Questions and orders to the cluster under the configured identity. Errors of
// every call: kPermissionDenied names what is not allowed; kUnauthenticated:
// the broker refuses the credentials, or cannot prove to be the right one;
// kUnavailable: no answer in time, with the last error met; kCancelled: it was
// told to stop. One thread.
class KafkaAdmin {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  // No call goes on waiting once `*stop` is true; null: never.
  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Create(
      const KafkaOptions& options, const std::atomic<bool>* stop = nullptr);

  const std::string& bootstrap_servers() const {
    return options_.bootstrap_servers;
  }

  // Their node ids.
  absl::StatusOr<std::vector<int32_t>> Brokers(absl::Duration timeout);
  // Number of brokers of the cluster.
  absl::StatusOr<int> CountBrokers(absl::Duration timeout);

  // kNotFound. Creates nothing, whatever the broker's settings.
  absl::StatusOr<TopicDescription> DescribeTopic(const std::string& topic,
                                                 absl::Duration timeout);

  // By name, as "cleanup.policy"; with the broker's defaults.
  absl::StatusOr<std::map<std::string, std::string>> TopicConfigs(
      const std::string& topic, absl::Duration timeout);

  // Of a broker, by name, as "transaction.max.timeout.ms".
  absl::StatusOr<std::map<std::string, std::string>> BrokerConfigs(
      int32_t broker, absl::Duration timeout);

  // A consumer group, which need not exist.
  absl::StatusOr<GroupDescription> DescribeGroup(const std::string& group,
                                                 absl::Duration timeout);

  // On a consumer group, which need not exist.
  absl::StatusOr<AllowedOperations> GroupOperations(const std::string& group,
                                                    absl::Duration timeout);

  // Returns when the topic can be used. kAlreadyExists.
  absl::Status CreateTopic(const NewTopic& topic, absl::Duration timeout);

  // kNotFound.
  absl::Status DeleteTopic(const std::string& topic, absl::Duration timeout);
  // A consumer group, which must have no members. kNotFound.
  absl::Status DeleteGroup(const std::string& group, absl::Duration timeout);

 private:
  struct Troubles;
  using Ask = absl::FunctionRef<void(const rd_kafka_AdminOptions_t*,
                                     rd_kafka_queue_t*)>;

  KafkaAdmin(const KafkaOptions& options, const std::atomic<bool>* stop)
      : options_(options), stop_(stop) {}

  // The answer to what `ask` asks.
  absl::StatusOr<EventHandle> Call(rd_kafka_admin_op_t op,
                                   absl::Duration timeout,
                                   const std::string& what, Ask ask);
  absl::StatusOr<GroupDescription> DescribeGroupOnce(const std::string& group,
                                                     absl::Duration timeout);
  absl::StatusOr<std::map<std::string, std::string>> Configs(
      rd_kafka_ResourceType_t type, const std::string& name,
      const std::string& what, absl::Duration timeout);
  // `status` with the client's last error, if no broker could be asked.
  absl::Status Explain(const absl::Status& status) const;

  const KafkaOptions options_;
  const std::atomic<bool>* const stop_;
  std::shared_ptr<Troubles> troubles_;  // shared with the callbacks
  ClientHandle client_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_ADMIN_H_
