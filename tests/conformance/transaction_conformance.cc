// The contract of Transaction: all or nothing, whatever was tried before.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(LogConformanceTest, TransactionIsAtomic) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const std::string id = world_->Unique("id");
  auto transaction = OpenTransaction(id);
  EXPECT_EQ(transaction->id(), id);
  ASSERT_THAT(transaction->Begin(), IsOk());
  std::string bytes = "value";  // is copied
  ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "a", bytes),
              IsOk());
  bytes = "other";
  ASSERT_THAT(
      transaction->Write(Destination::kResults, kP0, "b", absl::nullopt),
      IsOk());
  ASSERT_THAT(transaction->Write(Destination::kResults, kP1, "c", ""), IsOk());
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(
      transaction->AddOffsets({{kP0, Offset(5)}, {kP1, Offset(6)}}, *token),
      IsOk());

  // All of it is in the log by now, and invisible.
  const auto log = world_->NewResults(results_);
  EXPECT_THAT(log->EndOffset(kP0), IsOkAndHolds(Offset(2)));
  EXPECT_THAT(log->EndOffset(kP1), IsOkAndHolds(Offset(1)));
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadQuietly(log.get()));
  EXPECT_THAT(read_[kP0], IsEmpty());

  ASSERT_THAT(transaction->Commit(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(5));
  EXPECT_EQ(CommittedOffset(member.get(), kP1), Offset(6));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("value", "null"));
  EXPECT_THAT(Values(ReadAll(results_, kP1)), ElementsAre(""));
}

// Who asks need not call AddOffsets to have written what it has.
TEST_P(LogConformanceTest, TransactionTellsWhenAllIsDelivered) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const auto log = world_->NewResults(results_);
  auto transaction = OpenTransaction(world_->Unique("id"));
  for (int64_t commits = 0; commits < 3; ++commits) {
    ASSERT_THAT(transaction->Begin(), IsOk());
    const std::string large(100000, 'v');  // 3 MB: several requests
    for (int i = 0; i < 30; ++i) {
      ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "k", large),
                  IsOk());
    }
    ASSERT_THAT(transaction->Write(Destination::kResults, kP1, "k", "v"),
                IsOk());
    EXPECT_TRUE(world_->Eventually([&] { return transaction->Delivered(); }));
    EXPECT_THAT(log->EndOffset(kP0), IsOkAndHolds(Offset(31 * commits + 30)));
    EXPECT_THAT(log->EndOffset(kP1), IsOkAndHolds(Offset(2 * commits + 1)));
    const auto token = member->log->Token();
    ASSERT_THAT(token, IsOk());
    ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(5)}}, *token), IsOk());
    ASSERT_THAT(transaction->Commit(), IsOk());
  }
}

TEST_P(LogConformanceTest, TransactionAbortedLeavesNothingAndTheNextCommits) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  auto transaction = OpenTransaction(world_->Unique("id"));
  // Again and again, at each point: an abort must not cost the producer.
  std::vector<std::string> committed;
  for (int i = 0; i < 30; ++i) {
    SCOPED_TRACE(i);
    ASSERT_THAT(transaction->Begin(), IsOk());
    if (i % 3 > 0) {
      ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "k", "no"),
                  IsOk());
      // So that what was written is now here, now on its way, now there.
      ASSERT_THAT(member->log->Poll(absl::Milliseconds(i)), IsOk());
    }
    if (i % 3 > 1) {
      const auto token = member->log->Token();
      ASSERT_THAT(token, IsOk());
      ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(99)}}, *token), IsOk());
    }
    ASSERT_THAT(transaction->Abort(), IsOk());
    committed.push_back(absl::StrCat("yes ", i));
    ASSERT_THAT(WriteAndCommit(transaction.get(), member.get(),
                               committed.back(), Offset(i)),
                IsOk());
  }
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(29));
  EXPECT_EQ(Values(ReadAll(results_, kP0)), committed);
}

TEST_P(LogConformanceTest, TransactionAbortWithoutBeginIsHarmless) {
  auto transaction = OpenTransaction(world_->Unique("id"));
  EXPECT_THAT(transaction->Abort(), IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  EXPECT_THAT(transaction->Abort(), IsOk());
  EXPECT_THAT(transaction->Abort(), IsOk());
}

TEST_P(LogConformanceTest, TransactionOfOffsetsAlone) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  auto transaction = OpenTransaction(world_->Unique("id"));
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(2)}}, *token), IsOk());
  ASSERT_THAT(transaction->Commit(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(2));
}

TEST_P(LogConformanceTest, TransactionWritesWhereItIsTold) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const std::string updates = world_->Unique("updates");
  world_->CreateTopic(updates, 2);
  LogWorld::Writer writer = NewWriter();
  writer.updates_topic = updates;
  auto transaction = world_->NewTransaction(writer);
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  for (int32_t p = 0; p < kPartitions; ++p) {
    ASSERT_THAT(transaction->Write(Destination::kResults, Partition(p), "key",
                                   absl::StrCat("r", p)),
                IsOk());
  }
  ASSERT_THAT(transaction->Write(Destination::kUpdates, kP1, "key", "u"),
              IsOk());
  ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(1)}}, *token), IsOk());
  ASSERT_THAT(transaction->Commit(), IsOk());
  for (int32_t p = 0; p < kPartitions; ++p) {
    EXPECT_THAT(Values(ReadAll(results_, Partition(p))),
                ElementsAre(absl::StrCat("r", p)));
  }
  EXPECT_THAT(Values(ReadAll(updates, kP1)), ElementsAre("u"));
}

TEST_P(LogConformanceTest, TransactionWritesRecordsAsTheyAre) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  LogWorld::Writer writer = NewWriter();
  writer.dead_letter_topic = world_->Unique("dead");
  world_->CreateTopic(writer.dead_letter_topic, 2);
  auto transaction = world_->NewTransaction(writer);
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());

  std::vector<OwnedRecord> records(4);
  records[0].key = "k";
  records[0].value = "v";
  records[0].headers = {{"a", "1"}, {"a", absl::nullopt}, {"", ""}};
  records[0].timestamp_ms = 1234567890123;
  records[1].value = std::string("\0\xff", 2);  // no key
  records[1].timestamp_ms = 1;
  records[2].key = "";  // no value
  records[2].headers = {{"b", std::string("\0\xff", 2)}};
  records[2].timestamp_ms = 4102444800000;  // the year 2100
  records[3].timestamp_ms = -1;

  // What is aborted is not seen; what is committed, as it was.
  for (const bool commit : {false, true}) {
    ASSERT_THAT(transaction->Begin(), IsOk());
    for (const OwnedRecord& record : records) {
      ASSERT_THAT(
          transaction->WriteRecord(Destination::kDeadLetters, kP1, record),
          IsOk());
    }
    const auto token = member->log->Token();
    ASSERT_THAT(token, IsOk());
    ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(1)}}, *token), IsOk());
    ASSERT_THAT(commit ? transaction->Commit() : transaction->Abort(), IsOk());
  }
  const std::vector<ReadRecord> read = ReadAll(writer.dead_letter_topic, kP1);
  ASSERT_EQ(read.size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(read[i].key, records[i].key);
    EXPECT_EQ(read[i].value, records[i].value);
    EXPECT_EQ(read[i].headers, records[i].headers);
    EXPECT_EQ(read[i].timestamp_ms, records[i].timestamp_ms);
  }
}

TEST_P(LogConformanceTest, TransactionRefusesWhatCanNeverBeWritten) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  auto transaction = OpenTransaction(world_->Unique("id"));
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  // Write or, at the latest, AddOffsets says so.
  const auto write = [&](Partition partition, size_t bytes) {
    absl::Status status = transaction->Begin();
    if (status.ok()) {
      status = transaction->Write(Destination::kResults, partition, "k",
                                  std::string(bytes, 'x'));
    }
    if (status.ok()) {
      status = transaction->AddOffsets({{kP0, Offset(9)}}, *token);
    }
    EXPECT_THAT(transaction->Abort(), IsOk());
    return status;
  };
  EXPECT_THAT(write(kP0, 16 << 20),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(write(Partition(kPartitions), 1),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(WriteAndCommit(transaction.get(), member.get(), "yes", Offset(1)),
              IsOk());
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("yes"));
}

}  // namespace
}  // namespace exactmean
