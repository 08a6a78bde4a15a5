// A foreign client for tests: writes, reads and tampers as another program, or
// an administrator, would.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_CLIENT_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_CLIENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/handles.h"
#include "state/types.h"

namespace exactmean {

struct TestRecord {
  Partition partition;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  int64_t timestamp_ms = 0;  // 0 on writing: now
  Offset offset;             // on reading
};

// A writer under a transactional id (empty: plain idempotent). Destroying it
// leaves an open transaction to the coordinator.
class TestWriter {
 public:
  static absl::StatusOr<std::unique_ptr<TestWriter>> Create(
      const std::string& servers, const std::string& transactional_id = "",
      absl::Duration transaction_timeout = absl::Seconds(60));

  absl::Status Begin();
  // Written when it returns.
  absl::Status Write(const std::string& topic,
                     const std::vector<TestRecord>& records);
  absl::Status Commit();
  absl::Status Abort();

 private:
  explicit TestWriter(KafkaHandle client) : client_(std::move(client)) {}
  KafkaHandle client_;
};

enum class Isolation { kReadCommitted, kReadUncommitted };

// One connection; each call waits for the cluster's answer.
class TestClient {
 public:
  static absl::StatusOr<std::unique_ptr<TestClient>> Create(
      const std::string& servers);

  absl::Status CreateTopic(
      const std::string& topic, int32_t partitions,
      const std::map<std::string, std::string>& configs = {});
  absl::Status DeleteTopic(const std::string& topic);
  // Deletes the records before `before`.
  absl::Status DeleteRecords(const std::string& topic, Partition partition,
                             Offset before);
  absl::Status DeleteGroup(const std::string& group);
  // Sets the committed offset; the group must have no members.
  absl::Status CommitOffset(const std::string& group, const std::string& topic,
                            Partition partition, Offset offset);
  absl::StatusOr<absl::optional<Offset>> CommittedOffset(
      const std::string& group, const std::string& topic, Partition partition);
  absl::StatusOr<Offset> EndOffset(const std::string& topic,
                                   Partition partition, Isolation isolation);

  // All records of all partitions up to their ends as of now, each partition's
  // in order.
  absl::StatusOr<std::vector<TestRecord>> ReadTopic(
      const std::string& topic,
      Isolation isolation = Isolation::kReadCommitted);

 private:
  TestClient(std::string servers, KafkaHandle admin)
      : servers_(std::move(servers)), admin_(std::move(admin)) {}
  absl::StatusOr<int32_t> PartitionCount(const std::string& topic);

  const std::string servers_;
  KafkaHandle admin_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_CLIENT_H_
