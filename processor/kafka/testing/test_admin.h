// What an operator can do to topics and groups, for tests.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_ADMIN_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_ADMIN_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/testing/partition_lists.h"
#include "processor/topic_reader.h"

namespace exactmean {

// What Kafka calls the one resource of its type.
constexpr char kClusterName[] = "kafka-cluster";

// One thing that a user is allowed, from any host.
struct TestAcl {
  // kCluster has the name kClusterName.
  enum class On { kTopic, kGroup, kTransactionalIdPrefix, kCluster };
  On on;
  std::string name;
  std::string operation;  // as Kafka's tools call it: "READ"
};

// Who has a partition; brokers by node id.
struct TestReplicas {
  int32_t leader = -1;  // -1: none
  std::vector<int32_t> replicas;
  std::vector<int32_t> in_sync;
};

// Each call waits until what it asks for is done. One thread.
class TestAdmin {
 public:
  static absl::StatusOr<std::unique_ptr<TestAdmin>> Create(
      const std::string& bootstrap_servers);

  // Returns when the topic can be written and read.
  absl::Status CreateTopic(
      const std::string& name, int32_t partitions,
      const std::map<std::string, std::string>& configs = {},
      int replication_factor = 1);
  absl::Status DeleteTopic(const std::string& name);
  absl::Status AddPartitions(const std::string& name, int32_t total);
  absl::Status AlterTopicConfig(const std::string& topic,
                                const std::string& name,
                                const std::string& value);
  absl::Status DeleteRecordsBefore(const std::string& topic, int32_t partition,
                                   int64_t offset);
  absl::StatusOr<int32_t> PartitionCount(const std::string& topic);
  // By partition; an internal topic's, too.
  absl::StatusOr<std::vector<TestReplicas>> Replicas(const std::string& topic);

  // kCommitted: the last stable offset; kUncommitted: the high watermark.
  absl::StatusOr<int64_t> EndOffset(const std::string& topic, int32_t partition,
                                    Isolation isolation);
  absl::StatusOr<TestOffsets> EndOffsets(const std::string& topic,
                                         Isolation isolation);
  absl::StatusOr<int64_t> BeginOffset(const std::string& topic,
                                      int32_t partition);

  // What the group has committed, be it stable or not.
  absl::StatusOr<TestOffsets> CommittedOffsets(const std::string& group,
                                               const std::string& topic);
  // The group must have no members.
  absl::Status AlterGroupOffsets(const std::string& group,
                                 const std::string& topic,
                                 const TestOffsets& offsets);
  absl::Status DeleteGroupOffsets(const std::string& group,
                                  const std::string& topic,
                                  const std::vector<int32_t>& partitions);

  // From now on `principal` ("User:name") is allowed these and nothing else.
  // What it keeps it has all the time.
  absl::Status SetAcls(const std::string& principal,
                       const std::vector<TestAcl>& acls);
  // For SCRAM-SHA-256; makes the user if need be.
  absl::Status SetScramPassword(const std::string& user,
                                const std::string& password);

 private:
  using Ask = absl::FunctionRef<void(const rd_kafka_AdminOptions_t*,
                                     rd_kafka_queue_t*)>;

  explicit TestAdmin(ClientHandle client) : client_(std::move(client)) {}

  absl::StatusOr<EventHandle> Call(rd_kafka_admin_op_t op,
                                   const std::string& what, Isolation isolation,
                                   Ask ask);
  absl::StatusOr<EventHandle> DescribeAcls(const std::string& principal);
  absl::Status AwaitAcls(const std::string& principal, size_t expected);
  absl::StatusOr<int64_t> ListOffset(const std::string& topic,
                                     int32_t partition, int64_t spec,
                                     Isolation isolation);

  const ClientHandle client_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_ADMIN_H_
