// The contract of a TopicReader as retry topics use it, and of writing to them:
// a position that is given is where reading begins, again and again.

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
using ::testing::IsEmpty;

TEST_P(LogConformanceTest, RetryTopicIsReadFromWhereItIsOpenedAgainAndAgain) {
  const auto log = world_->NewResults(results_);
  const auto empty = log->Range(kP0);
  ASSERT_THAT(empty, IsOk());
  EXPECT_EQ(empty->low, Offset(0));
  EXPECT_EQ(empty->high, Offset(0));
  // At the end, as on a first start; what comes then is read.
  ASSERT_THAT(log->OpenAt(kP0, Offset(0)), IsOk());
  for (int i = 0; i < 6; ++i) Produce(results_, kP0, absl::StrCat(i));
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(6)));
  EXPECT_EQ(Values(read_[kP0]).size(), 6u);
  for (const int64_t from : {2, 5, 0, 6}) {
    log->Close(kP0);
    read_.clear();
    ASSERT_THAT(log->OpenAt(kP0, Offset(from)), IsOk());
    ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(6)));
    ASSERT_EQ(read_[kP0].size(), static_cast<size_t>(6 - from));
    if (from < 6) {
      EXPECT_EQ(read_[kP0].front().offset, from);
    }
  }
  // Another partition is opened and closed meanwhile: this one goes on.
  Produce(results_, kP1, "other");
  ASSERT_THAT(log->OpenAt(kP1, Offset(0)), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP1, Offset(1)));
  log->Close(kP1);
  Produce(results_, kP0, "last");
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(7)));
  EXPECT_THAT(Values(read_[kP0]), ElementsAre("last"));
}

TEST_P(LogConformanceTest, RetryTopicShowsWhatIsCommittedAlone) {
  const auto log = world_->NewResults(results_);
  ASSERT_THAT(log->OpenAt(kP0, Offset(0)), IsOk());
  auto aborted = world_->BeginForeign();
  aborted->Write(results_, kP0, "key", "never");
  ASSERT_TRUE(ReadQuietly(log.get()));
  EXPECT_THAT(read_[kP0], IsEmpty());
  aborted->Abort();
  Produce(results_, kP0, "seen");
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(3)));
  EXPECT_THAT(Values(read_[kP0]), ElementsAre("seen"));
}

TEST_P(LogConformanceTest, RetryTopicTellsWhatIsGone) {
  for (int i = 0; i < 6; ++i) Produce(results_, kP0, absl::StrCat(i));
  world_->DeleteRecordsBefore(results_, kP0, Offset(4));
  const auto log = world_->NewResults(results_);
  const auto range = log->Range(kP0);
  ASSERT_THAT(range, IsOk());
  EXPECT_EQ(range->low, Offset(4));
  EXPECT_EQ(range->high, Offset(6));
}

TEST_P(LogConformanceTest, RetryTopicsAreWrittenEachByItsStep) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  LogWorld::Writer writer = NewWriter();
  for (const char* name : {"soon", "later"}) {
    writer.retry_topics.push_back(world_->Unique(name));
    world_->CreateTopic(writer.retry_topics.back(), 2);
  }
  auto transaction = world_->NewTransaction(writer);
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  for (const bool commit : {false, true}) {
    ASSERT_THAT(transaction->Begin(), IsOk());
    for (size_t step : {1, 0, 1}) {
      OwnedRecord record;
      record.key = "k";
      record.value = absl::StrCat(step, commit ? "" : " never");
      record.timestamp_ms = 1234567890123;
      ASSERT_THAT(transaction->WriteRecord(RetryDestination(step), kP1, record),
                  IsOk());
    }
    const auto token = member->log->Token();
    ASSERT_THAT(token, IsOk());
    ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(1)}}, *token), IsOk());
    ASSERT_THAT(commit ? transaction->Commit() : transaction->Abort(), IsOk());
  }
  EXPECT_THAT(Values(ReadAll(writer.retry_topics[0], kP1)), ElementsAre("0"));
  EXPECT_THAT(Values(ReadAll(writer.retry_topics[1], kP1)),
              ElementsAre("1", "1"));
}

}  // namespace
}  // namespace exactmean
