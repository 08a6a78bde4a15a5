// The contract of processor/log.h as tests, for any implementation of it. Make
// an instance of the suite with a LogWorld:
//
//   INSTANTIATE_TEST_SUITE_P(Fake, LogConformanceTest,
//                            testing::Values(&NewFakeWorld));
//
// The test names begin with the object they are about.

#ifndef EXACTMEAN_TESTS_CONFORMANCE_LOG_CONFORMANCE_H_
#define EXACTMEAN_TESTS_CONFORMANCE_LOG_CONFORMANCE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/conformance/log_world.h"

namespace exactmean {

// A record that outlives the call that returned it.
struct ReadRecord {
  explicit ReadRecord(const LogRecord& record);
  int64_t offset;
  int64_t timestamp_ms;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  Headers headers;
};

// Their values; "null" for a tombstone.
std::vector<std::string> Values(const std::vector<ReadRecord>& records);

// Keeps what it is told, and who holds what by it.
class RecordingListener : public AssignmentListener {
 public:
  enum class Kind { kAssigned, kRevoked, kLost };
  struct Event {
    Kind kind;
    std::vector<Partition> partitions;
  };

  void OnAssigned(absl::Span<const Partition> partitions) override;
  void OnRevoked(absl::Span<const Partition> partitions) override;
  void OnLost(absl::Span<const Partition> partitions) override;

  std::vector<Event> events;
  std::set<Partition> held;
  bool held_twice = false;      // assigned what it held already
  bool gave_up_unheld = false;  // revoked or lost what it did not hold
  std::function<void()> on_revoked = [] {};

 private:
  void GiveUp(Kind kind, absl::Span<const Partition> partitions);
};

// An input log with its listener and all that it delivered.
struct TestMember {
  LogWorld::Member spec;
  RecordingListener listener;
  std::unique_ptr<InputLog> log;
  std::map<Partition, std::vector<ReadRecord>> delivered;

  // Offsets delivered, each once, whatever was delivered again.
  std::vector<int64_t> Offsets(Partition partition) const;
};

using LogWorldFactory = std::unique_ptr<LogWorld> (*)();

class LogConformanceTest : public testing::TestWithParam<LogWorldFactory> {
 protected:
  LogConformanceTest();

  // --- Members of the group `group_` on the topic `input_`.
  std::unique_ptr<TestMember> Join(const std::string& client,
                                   const std::string& instance = "",
                                   bool cooperative = false,
                                   bool forgettable = false);
  // ResumeAt, again while it is kUnavailable.
  absl::Status Resume(TestMember* member, Partition partition, Offset offset);
  // Polls once and keeps what came. Errors are the caller's.
  absl::Status Poll(TestMember* member);
  // Polls all of them until `condition`; any error of Poll fails the test.
  testing::AssertionResult PollUntil(const std::vector<TestMember*>& members,
                                     const std::function<bool()>& condition);
  // Polls until nothing can be expected to come any more.
  testing::AssertionResult PollQuietly(const std::vector<TestMember*>& members);
  // Polls until each partition of the topic is held by exactly one, and those
  // who hold some are `members`.
  testing::AssertionResult PollUntilShared(
      const std::vector<TestMember*>& members);
  testing::AssertionResult PollUntilDelivered(TestMember* member,
                                              Partition partition,
                                              size_t count);

  // --- The results topic.
  void Produce(const std::string& topic, Partition partition,
               absl::string_view value);
  Offset EndOf(ResultsLog* log, Partition partition);
  // Reads the open partitions until the position of `partition` is at `end` or
  // beyond.
  testing::AssertionResult ReadTo(ResultsLog* log, Partition partition,
                                  Offset end);
  testing::AssertionResult ReadQuietly(ResultsLog* log);
  // What a new read-committed reader finds from the first record to `end`, or
  // else to the partition's.
  std::vector<ReadRecord> ReadAll(const std::string& topic, Partition partition,
                                  absl::optional<Offset> end = absl::nullopt);

  // --- Compaction, of partition 0.
  Offset Put(const std::string& topic, const std::string& key,
             absl::optional<absl::string_view> value);
  // What a new reader finds, but for what compaction itself writes.
  std::vector<ReadRecord> Kept(const std::string& topic,
                               absl::optional<Offset> end = absl::nullopt);
  // Compacts until so many records are kept before `end`.
  testing::AssertionResult CompactTo(
      const std::string& topic, size_t count,
      absl::optional<Offset> end = absl::nullopt);

  // --- Transactions from `input_` to `results_`.
  std::unique_ptr<Transaction> NewTransaction(const std::string& id);
  std::unique_ptr<Transaction> OpenTransaction(const std::string& id);
  // What each test's own changes of it begin with.
  LogWorld::Writer NewWriter();
  // One whole transaction: a record, the offset, the member's token. Aborted
  // when it returns kAborted.
  absl::Status WriteAndCommit(Transaction* transaction, TestMember* member,
                              absl::string_view value, Offset next);
  // The group's offset once it is stable.
  absl::optional<Offset> CommittedOffset(TestMember* member,
                                         Partition partition);

  const std::unique_ptr<LogWorld> world_;
  const std::string input_;
  const std::string results_;
  const std::string group_;
  std::map<Partition, std::vector<ReadRecord>> read_;  // by ReadTo
};

constexpr int32_t kPartitions = 4;  // of both topics
constexpr Partition kP0{0};
constexpr Partition kP1{1};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CONFORMANCE_LOG_CONFORMANCE_H_
