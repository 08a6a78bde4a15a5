// The contract of ResultsLog: what a restore may take for whole, and when.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Optional;

auto Holds(int64_t offset, const std::string& value) {
  return testing::AllOf(Field("offset", &ReadRecord::offset, offset),
                        Field("value", &ReadRecord::value, Optional(value)));
}

TEST_P(LogConformanceTest, ResultsEmptyPartitionIsReadAtOnce) {
  const auto log = world_->NewResults(results_);
  EXPECT_THAT(log->EndOffset(kP0), IsOkAndHolds(Offset(0)));
  ASSERT_THAT(log->Open(kP0), IsOk());
  EXPECT_TRUE(ReadTo(log.get(), kP0, Offset(0)));
  EXPECT_THAT(read_[kP0], IsEmpty());
}

TEST_P(LogConformanceTest, ResultsPositionPassesTheMarkerAtTheTail) {
  const auto log = world_->NewResults(results_);
  auto foreign = world_->BeginForeign();
  for (const char* value : {"a", "b", "c"}) {
    foreign->Write(results_, kP0, "key", value);
  }
  foreign->Commit();
  EXPECT_EQ(EndOf(log.get(), kP0), Offset(4));
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(4)));
  EXPECT_EQ(log->Position(kP0), Offset(4));
  EXPECT_THAT(read_[kP0],
              ElementsAre(Holds(0, "a"), Holds(1, "b"), Holds(2, "c")));
}

TEST_P(LogConformanceTest, ResultsOpenTransactionHoldsReadersBack) {
  const auto log = world_->NewResults(results_);
  Produce(results_, kP0, "a");
  auto foreign = world_->BeginForeign();
  foreign->Write(results_, kP0, "key", "b");
  Produce(results_, kP0, "c");
  EXPECT_EQ(EndOf(log.get(), kP0), Offset(3))
      << "the end includes what is undecided";
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(1)));
  ASSERT_TRUE(ReadQuietly(log.get()));
  EXPECT_EQ(log->Position(kP0), Offset(1));
  EXPECT_THAT(read_[kP0], ElementsAre(Holds(0, "a")));

  foreign->Commit();
  EXPECT_EQ(EndOf(log.get(), kP0), Offset(4));
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(4)));
  EXPECT_THAT(read_[kP0],
              ElementsAre(Holds(0, "a"), Holds(1, "b"), Holds(2, "c")));
}

TEST_P(LogConformanceTest, ResultsPositionPassesAnAbortedTail) {
  const auto log = world_->NewResults(results_);
  Produce(results_, kP0, "a");
  auto foreign = world_->BeginForeign();
  foreign->Write(results_, kP0, "key", "b");
  foreign->Write(results_, kP0, "key", "c");
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(1)));
  foreign->Abort();
  EXPECT_EQ(EndOf(log.get(), kP0), Offset(4));
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(4)));
  EXPECT_THAT(read_[kP0], ElementsAre(Holds(0, "a")));
}

TEST_P(LogConformanceTest, ResultsAbortedAndCommittedRecordsInterleaved) {
  auto aborted = world_->BeginForeign();
  auto committed = world_->BeginForeign();
  for (int i = 0; i < 3; ++i) {
    aborted->Write(results_, kP0, "key", "no");
    committed->Write(results_, kP0, "key", absl::StrCat(i));
  }
  aborted->Abort();
  committed->Commit();
  EXPECT_THAT(ReadAll(results_, kP0),
              ElementsAre(Holds(1, "0"), Holds(3, "1"), Holds(5, "2")));
}

TEST_P(LogConformanceTest, ResultsReadsFromTheFirstRetainedRecord) {
  for (const char* value : {"a", "b", "c", "d"}) Produce(results_, kP0, value);
  world_->DeleteRecordsBefore(results_, kP0, Offset(2));
  EXPECT_THAT(ReadAll(results_, kP0),
              ElementsAre(Holds(2, "c"), Holds(3, "d")));
}

TEST_P(LogConformanceTest, ResultsPartitionWithAllRecordsDeletedIsRead) {
  const auto log = world_->NewResults(results_);
  for (const char* value : {"a", "b", "c"}) Produce(results_, kP0, value);
  world_->DeleteRecordsBefore(results_, kP0, Offset(3));
  EXPECT_EQ(EndOf(log.get(), kP0), Offset(3));
  EXPECT_THAT(ReadAll(results_, kP0), IsEmpty());
}

TEST_P(LogConformanceTest, ResultsKeysValuesAndTimestampsAsWritten) {
  world_->Produce(results_, kP0, "key", absl::nullopt, 1234);
  world_->Produce(results_, kP0, "", "", 1235);
  world_->Produce(results_, kP0, absl::nullopt, absl::string_view("\0x", 2),
                  1236);
  const std::vector<ReadRecord> read = ReadAll(results_, kP0);
  ASSERT_EQ(read.size(), 3u);
  EXPECT_THAT(read[0].key, Optional(std::string("key")));
  EXPECT_EQ(read[0].value, absl::nullopt) << "a tombstone is not empty";
  EXPECT_EQ(read[0].timestamp_ms, 1234);
  EXPECT_THAT(read[1].key, Optional(std::string()));
  EXPECT_THAT(read[1].value, Optional(std::string()));
  EXPECT_EQ(read[2].key, absl::nullopt);
  EXPECT_THAT(read[2].value, Optional(std::string("\0x", 2)));
}

TEST_P(LogConformanceTest, ResultsSeveralPartitionsAtOnceEachInOrder) {
  const auto log = world_->NewResults(results_);
  const int kRecords = 50;
  for (int i = 0; i < kRecords; ++i) {
    Produce(results_, kP0, absl::StrCat("zero ", i));
    Produce(results_, kP1, absl::StrCat("one ", i));
  }
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(kRecords)));
  ASSERT_THAT(log->Open(kP1), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP1, Offset(kRecords)));
  for (const Partition p : {kP0, kP1}) {
    ASSERT_EQ(read_[p].size(), size_t{kRecords});
    for (int i = 0; i < kRecords; ++i) {
      EXPECT_THAT(read_[p][static_cast<size_t>(i)],
                  Holds(i, absl::StrCat(p == kP0 ? "zero " : "one ", i)));
    }
  }
}

TEST_P(LogConformanceTest, ResultsClosedPartitionDeliversNothing) {
  const auto log = world_->NewResults(results_);
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_THAT(log->Open(kP1), IsOk());
  Produce(results_, kP0, "a");
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(1)));
  log->Close(kP0);
  Produce(results_, kP0, "b");
  Produce(results_, kP1, "c");
  ASSERT_TRUE(ReadTo(log.get(), kP1, Offset(1)));
  ASSERT_TRUE(ReadQuietly(log.get()));
  EXPECT_THAT(read_[kP0], ElementsAre(Holds(0, "a")));

  // Opened again, it begins at the first record again.
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(2)));
  EXPECT_THAT(read_[kP0],
              ElementsAre(Holds(0, "a"), Holds(0, "a"), Holds(1, "b")));
}

TEST_P(LogConformanceTest, ResultsWhatComesAfterTheEndIsReadToo) {
  const auto log = world_->NewResults(results_);
  Produce(results_, kP0, "a");
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(1)));
  Produce(results_, kP0, "b");
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(2)));
  EXPECT_THAT(read_[kP0], ElementsAre(Holds(0, "a"), Holds(1, "b")));
}

TEST_P(LogConformanceTest, ResultsKnowsWhatExists) {
  const auto log = world_->NewResults(results_);
  const auto described = log->Describe();
  ASSERT_THAT(described, IsOk());
  EXPECT_EQ(described->partitions, kPartitions);
  const auto again = log->Describe();
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->id, described->id);
  EXPECT_THAT(log->EndOffset(Partition(kPartitions)),
              StatusIs(absl::StatusCode::kNotFound));
  const auto none = world_->NewResults(world_->Unique("none"));
  EXPECT_THAT(none->Describe(), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(none->EndOffset(kP0), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(LogConformanceTest, ResultsMadeAnewAreAnotherTopic) {
  const auto log = world_->NewResults(results_);
  const auto before = log->Describe();
  ASSERT_THAT(before, IsOk());
  world_->RecreateTopic(results_, kPartitions);
  EXPECT_TRUE(world_->Eventually([&] {
    const auto now = log->Describe();
    return now.ok() && now->id != before->id && now->partitions == kPartitions;
  }));
}

}  // namespace
}  // namespace exactmean
