// What the tests of the suite share: members, readers, transactions.

#include "tests/conformance/log_conformance.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr absl::Duration kTurn = absl::Milliseconds(20);

absl::optional<std::string> Copy(absl::optional<absl::string_view> bytes) {
  if (!bytes.has_value()) return absl::nullopt;
  return std::string(bytes->data(), bytes->size());
}

testing::AssertionResult Result(const absl::Status& status) {
  if (status.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << status.ToString();
}

}  // namespace

ReadRecord::ReadRecord(const LogRecord& record)
    : offset(record.offset.value()),
      timestamp_ms(record.timestamp_ms),
      key(Copy(record.key)),
      value(Copy(record.value)),
      headers(HeadersOf(record).value()) {}

std::vector<std::string> Values(const std::vector<ReadRecord>& records) {
  std::vector<std::string> values;
  for (const ReadRecord& record : records) {
    values.push_back(record.value.value_or("null"));
  }
  return values;
}

void RecordingListener::OnAssigned(absl::Span<const Partition> partitions) {
  if (partitions.empty()) return;
  events.push_back({Kind::kAssigned, {partitions.begin(), partitions.end()}});
  for (const Partition p : partitions) {
    if (!held.insert(p).second) held_twice = true;
  }
}

void RecordingListener::OnRevoked(absl::Span<const Partition> partitions) {
  on_revoked();
  GiveUp(Kind::kRevoked, partitions);
}

void RecordingListener::OnLost(absl::Span<const Partition> partitions) {
  GiveUp(Kind::kLost, partitions);
}

void RecordingListener::GiveUp(Kind kind,
                               absl::Span<const Partition> partitions) {
  if (partitions.empty()) return;
  events.push_back({kind, {partitions.begin(), partitions.end()}});
  for (const Partition p : partitions) {
    if (held.erase(p) == 0) gave_up_unheld = true;
  }
}

std::vector<int64_t> TestMember::Offsets(Partition partition) const {
  std::vector<int64_t> offsets;
  const auto records = delivered.find(partition);
  if (records == delivered.end()) return offsets;
  for (const ReadRecord& record : records->second) {
    if (offsets.empty() || record.offset > offsets.back()) {
      offsets.push_back(record.offset);
    }
  }
  return offsets;
}

LogConformanceTest::LogConformanceTest()
    : world_(GetParam()()),
      input_(world_->Unique("input")),
      results_(world_->Unique("results")),
      group_(world_->Unique("group")) {
  world_->CreateTopic(input_, kPartitions);
  world_->CreateTopic(results_, kPartitions);
}

std::unique_ptr<TestMember> LogConformanceTest::Join(
    const std::string& client, const std::string& instance, bool cooperative,
    bool forgettable) {
  auto member = std::make_unique<TestMember>();
  member->spec = {input_, group_, client, instance, cooperative, forgettable};
  member->log = world_->NewInput(member->spec);
  const absl::Status status = member->log->Subscribe(&member->listener);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return member;
}

absl::Status LogConformanceTest::Resume(TestMember* member, Partition partition,
                                        Offset offset) {
  absl::Status status;
  world_->Eventually([&] {
    status = member->log->ResumeAt(partition, offset);
    return !absl::IsUnavailable(status);
  });
  return status;
}

absl::Status LogConformanceTest::Poll(TestMember* member) {
  const auto records = member->log->Poll(kTurn);
  if (!records.ok()) return records.status();
  for (const LogRecord& record : *records) {
    member->delivered[record.partition].emplace_back(record);
  }
  return absl::OkStatus();
}

testing::AssertionResult LogConformanceTest::PollUntil(
    const std::vector<TestMember*>& members,
    const std::function<bool()>& condition) {
  absl::Status error;
  const bool done = world_->Eventually([&] {
    for (TestMember* member : members) error.Update(Poll(member));
    return !error.ok() || condition();
  });
  if (!error.ok()) return Result(error);
  if (done) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "it did not come to pass in time";
}

testing::AssertionResult LogConformanceTest::PollQuietly(
    const std::vector<TestMember*>& members) {
  const absl::Time end = absl::Now() + world_->quiet();
  int turns = 0;
  return PollUntil(members, [&] { return ++turns > 3 && absl::Now() >= end; });
}

testing::AssertionResult LogConformanceTest::PollUntilShared(
    const std::vector<TestMember*>& members) {
  return PollUntil(members, [&] {
    std::set<Partition> held;
    size_t count = 0;
    for (const TestMember* member : members) {
      if (member->listener.held.empty()) return false;
      held.insert(member->listener.held.begin(), member->listener.held.end());
      count += member->listener.held.size();
    }
    return held.size() == kPartitions && count == kPartitions;
  });
}

testing::AssertionResult LogConformanceTest::PollUntilDelivered(
    TestMember* member, Partition partition, size_t count) {
  return PollUntil({member},
                   [&] { return member->Offsets(partition).size() >= count; });
}

void LogConformanceTest::Produce(const std::string& topic, Partition partition,
                                 absl::string_view value) {
  world_->Produce(topic, partition, "key", value, 1000);
}

Offset LogConformanceTest::EndOf(ResultsLog* log, Partition partition) {
  const absl::StatusOr<Offset> end = log->EndOffset(partition);
  EXPECT_TRUE(end.ok()) << end.status().ToString();
  return end.value_or(Offset(-1));
}

testing::AssertionResult LogConformanceTest::ReadTo(ResultsLog* log,
                                                    Partition partition,
                                                    Offset end) {
  absl::Status error;
  const bool done = world_->Eventually([&] {
    const auto records = log->Read(kTurn);
    error = records.status();
    if (!error.ok()) return true;
    for (const LogRecord& record : *records) {
      read_[record.partition].emplace_back(record);
    }
    return log->Position(partition) >= end;
  });
  if (!error.ok()) return Result(error);
  if (done) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "the position stays at " << log->Position(partition) << ", below "
         << end;
}

testing::AssertionResult LogConformanceTest::ReadQuietly(ResultsLog* log) {
  const absl::Time until = absl::Now() + world_->quiet();
  for (int turns = 0; turns < 3 || absl::Now() < until; ++turns) {
    const auto records = log->Read(kTurn);
    if (!records.ok()) return Result(records.status());
    for (const LogRecord& record : *records) {
      read_[record.partition].emplace_back(record);
    }
  }
  return testing::AssertionSuccess();
}

std::vector<ReadRecord> LogConformanceTest::ReadAll(
    const std::string& topic, Partition partition, absl::optional<Offset> end) {
  const std::unique_ptr<ResultsLog> log = world_->NewResults(topic);
  absl::StatusOr<Offset> whole = log->EndOffset(partition);
  absl::Status status = whole.status();
  status.Update(log->Open(partition));
  EXPECT_TRUE(status.ok()) << status.ToString();
  if (!status.ok()) return {};
  read_[partition].clear();
  EXPECT_TRUE(ReadTo(log.get(), partition, end.value_or(*whole)));
  return std::exchange(read_[partition], {});
}

std::unique_ptr<Transaction> LogConformanceTest::NewTransaction(
    const std::string& id) {
  LogWorld::Writer writer;
  writer.id = id;
  writer.input_topic = input_;
  writer.results_topic = results_;
  return world_->NewTransaction(writer);
}

std::unique_ptr<Transaction> LogConformanceTest::OpenTransaction(
    const std::string& id) {
  std::unique_ptr<Transaction> transaction = NewTransaction(id);
  const absl::Status status = transaction->Open(absl::Seconds(20));
  EXPECT_TRUE(status.ok()) << status.ToString();
  return transaction;
}

LogWorld::Writer LogConformanceTest::NewWriter() {
  LogWorld::Writer writer;
  writer.id = world_->Unique("id");
  writer.input_topic = input_;
  writer.results_topic = results_;
  return writer;
}

absl::Status LogConformanceTest::WriteAndCommit(Transaction* transaction,
                                                TestMember* member,
                                                absl::string_view value,
                                                Offset next) {
  const absl::StatusOr<GroupToken> token = member->log->Token();
  if (!token.ok()) return token.status();
  absl::Status status = transaction->Begin();
  if (status.ok()) {
    status = transaction->Write(Destination::kResults, kP0, "key", value);
  }
  if (status.ok()) status = transaction->AddOffsets({{kP0, next}}, *token);
  if (status.ok()) status = transaction->Commit();
  if (absl::IsAborted(status)) {
    const absl::Status aborted = transaction->Abort();
    EXPECT_TRUE(aborted.ok()) << aborted.ToString();
  }
  return status;
}

absl::optional<Offset> LogConformanceTest::CommittedOffset(
    TestMember* member, Partition partition) {
  absl::StatusOr<absl::optional<Offset>> committed;
  EXPECT_TRUE(world_->Eventually([&] {
    committed = member->log->Committed(partition);
    return !absl::IsUnavailable(committed.status());
  }));
  EXPECT_TRUE(committed.ok()) << committed.status().ToString();
  return committed.value_or(absl::nullopt);
}

}  // namespace exactmean
