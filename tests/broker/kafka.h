// The test client in the types of the state: partitions and offsets.

#ifndef EXACTMEAN_TESTS_BROKER_KAFKA_H_
#define EXACTMEAN_TESTS_BROKER_KAFKA_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/testing/test_client.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

struct Record {
  Partition partition;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  int64_t timestamp_ms = 0;  // 0 on writing: now
  Offset offset;             // on reading
  Headers headers = {};
};

// A writer under a transactional id (empty: without transactions). Destroyed
// before its end, a transaction stays open until its timeout.
class Writer {
 public:
  static absl::StatusOr<std::unique_ptr<Writer>> Create(
      const std::string& servers, const std::string& transactional_id = "",
      absl::Duration timeout = absl::Minutes(1));

  absl::Status Begin();
  // In the log when it returns.
  absl::Status Write(const std::string& topic,
                     const std::vector<Record>& records);
  absl::Status Commit() { return transaction_->Commit(); }
  absl::Status Abort() { return transaction_->Abort(); }

 private:
  Writer(std::unique_ptr<TestClient> client, std::string id,
         absl::Duration timeout)
      : client_(std::move(client)), id_(std::move(id)), timeout_(timeout) {}

  std::unique_ptr<TestClient> client_;
  const std::string id_;
  const absl::Duration timeout_;
  std::unique_ptr<TestTransaction> transaction_;
};

// Each call waits until what it asks for is done.
class BrokerClient {
 public:
  static absl::StatusOr<std::unique_ptr<BrokerClient>> Create(
      const std::string& servers);

  absl::Status CreateTopic(
      const std::string& topic, int32_t partitions,
      const std::map<std::string, std::string>& configs = {},
      int replication_factor = 1) {
    return client_->admin().CreateTopic(topic, partitions, configs,
                                        replication_factor);
  }
  absl::Status AlterTopicConfig(const std::string& topic,
                                const std::string& name,
                                const std::string& value) {
    return client_->admin().AlterTopicConfig(topic, name, value);
  }
  absl::Status DeleteTopic(const std::string& topic) {
    return client_->admin().DeleteTopic(topic);
  }
  absl::Status AddPartitions(const std::string& topic, int32_t total) {
    return client_->admin().AddPartitions(topic, total);
  }
  absl::Status DeleteRecords(const std::string& topic, Partition partition,
                             Offset before) {
    return client_->admin().DeleteRecordsBefore(topic, partition.value(),
                                                before.value());
  }
  // The group must have no members.
  absl::Status CommitOffset(const std::string& group, const std::string& topic,
                            Partition partition, Offset offset) {
    return client_->admin().AlterGroupOffsets(
        group, topic, {{partition.value(), offset.value()}});
  }
  absl::Status DeleteOffsets(const std::string& group,
                             const std::string& topic);
  absl::Status SetAcls(const std::string& principal,
                       const std::vector<TestAcl>& acls) {
    return client_->admin().SetAcls(principal, acls);
  }
  absl::Status SetScramPassword(const std::string& user,
                                const std::string& password) {
    return client_->admin().SetScramPassword(user, password);
  }
  absl::StatusOr<absl::optional<Offset>> CommittedOffset(
      const std::string& group, const std::string& topic, Partition partition);
  absl::StatusOr<Offset> EndOffset(const std::string& topic,
                                   Partition partition, Isolation isolation);
  absl::StatusOr<std::vector<Record>> ReadTopic(
      const std::string& topic, Isolation isolation = Isolation::kCommitted);

 private:
  explicit BrokerClient(std::unique_ptr<TestClient> client)
      : client_(std::move(client)) {}

  std::unique_ptr<TestClient> client_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BROKER_KAFKA_H_
