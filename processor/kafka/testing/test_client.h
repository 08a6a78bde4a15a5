// A foreign client: writes and reads topics as other programs would.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_CLIENT_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_CLIENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/testing/stored_record.h"
#include "processor/kafka/testing/test_admin.h"
#include "state/record.h"

namespace exactmean {

struct TestRecord {
  int32_t partition = 0;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  int64_t timestamp_ms = 0;  // 0: now
  Headers headers = {};
};

// What the records written so far have become; the opaque of a producer.
struct TestDeliveries {
  absl::Status error;
  int64_t last_offset = -1;
  // The first offset written, by topic and partition.
  std::map<std::pair<std::string, int32_t>, int64_t> first;
};

// Handles of the topics that a producer knows: one that it does not know yet
// delays its first record by up to a second.
using TestTopics = std::map<std::string, TopicHandle>;

// A transaction. Destroyed before its end, it stays open in the log until its
// timeout. One thread.
class TestTransaction {
 public:
  // Waits until the record is in the log; returns its offset.
  absl::StatusOr<int64_t> Write(const std::string& topic,
                                const TestRecord& record);
  // Waits for all of them together.
  absl::Status WriteAll(const std::string& topic,
                        absl::Span<const TestRecord> records);
  // Without a member's token: a broker fences nobody who does so.
  absl::Status AddOffsetsUnfenced(const std::string& group,
                                  const std::string& topic,
                                  const TestOffsets& offsets);
  // Both wait until the markers are in the log.
  absl::Status Commit();
  absl::Status Abort();

 private:
  friend class TestClient;
  TestTransaction(std::string bootstrap_servers, std::string id,
                  TestAdmin* admin)
      : bootstrap_servers_(std::move(bootstrap_servers)),
        id_(std::move(id)),
        admin_(admin) {}

  absl::Status Begin(absl::Duration timeout);
  absl::Status AwaitMarkers();

  const std::string bootstrap_servers_;
  const std::string id_;
  TestAdmin* const admin_;
  std::shared_ptr<TestDeliveries> deliveries_;
  ClientHandle client_;
  TestTopics topics_;  // of client_
};

class TestClient {
 public:
  // `properties`: of the producer, over its own.
  static absl::StatusOr<std::unique_ptr<TestClient>> Create(
      const std::string& bootstrap_servers,
      const std::map<std::string, std::string>& properties = {});

  TestAdmin& admin() { return *admin_; }

  // Idempotent, not transactional. Returns the record's offset.
  absl::StatusOr<int64_t> Produce(const std::string& topic,
                                  const TestRecord& record);
  absl::Status ProduceRecords(const std::string& topic,
                              absl::Span<const TestRecord> records);
  // Writes make(0) to make(count - 1), at full speed.
  absl::Status ProduceMany(const std::string& topic, int64_t count,
                           absl::FunctionRef<TestRecord(int64_t)> make);

  // Everything up to the end at the time of the call (the last stable offset,
  // or the high watermark); in the order of each partition.
  absl::StatusOr<std::vector<StoredRecord>> ReadTopic(const std::string& topic,
                                                      Isolation isolation);

  // One client must not begin two transactions of the same id.
  absl::StatusOr<std::unique_ptr<TestTransaction>> BeginTransaction(
      const std::string& transactional_id,
      absl::Duration timeout = absl::Minutes(1));

 private:
  explicit TestClient(std::string bootstrap_servers)
      : bootstrap_servers_(std::move(bootstrap_servers)) {}

  const std::string bootstrap_servers_;
  std::unique_ptr<TestAdmin> admin_;
  std::shared_ptr<TestDeliveries> deliveries_;
  ClientHandle producer_;
  TestTopics topics_;  // of producer_
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_TEST_CLIENT_H_
