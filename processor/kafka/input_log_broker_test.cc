// What the contract's conformance suite leaves open: positions under constant
// pausing, trouble of brokers and topics, bounded times.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/testing/broker_fixture.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class InputLogBrokerTest : public BrokerTest {
 protected:
  // A member that holds `partitions` partitions, all paused.
  void Join(size_t partitions) {
    auto log = KafkaInputLog::Create(options_);
    ASSERT_THAT(log, IsOk());
    log_ = *std::move(log);
    ASSERT_THAT(log_->Subscribe(&listener_), IsOk());
    ASSERT_TRUE(PollUntil(
        log_.get(), [](const LogRecord&) { ADD_FAILURE() << "not resumed"; },
        [&] { return listener_.held.size() == partitions; }));
  }

  // Gives librdkafka time to fetch, without polling.
  void LetFetch() {
    const absl::Time enough = absl::Now() + absl::Milliseconds(300);
    while (absl::Now() < enough) ASSERT_THAT(log_->Range(Partition(0)), IsOk());
  }

  // Takes the record if it is the next one of its partition.
  void Take(const LogRecord& record) {
    const int64_t next = next_[record.partition.value()];
    ASSERT_EQ(record.offset.value(), next);
    ASSERT_EQ(*record.value, absl::StrCat(next));
    ++next_[record.partition.value()];
  }

  HeldPartitions listener_;
  std::unique_ptr<KafkaInputLog> log_;
  std::map<int32_t, int64_t> next_;
};

// No record is lost or comes twice, whatever was on its way.
TEST_F(InputLogBrokerTest, PausedAndResumedAllTheTime) {
  constexpr int kCount = 50000;
  constexpr int32_t kPartitions = 3;
  CreateTopics(kPartitions);
  for (int32_t p = 0; p < kPartitions; ++p) Fill(input(), p, kCount);
  options_.properties["queued.min.messages"] = "1000";
  options_.properties["fetch.message.max.bytes"] = "2000";
  Join(kPartitions);
  for (int32_t p = 0; p < kPartitions; ++p) {
    ASSERT_THAT(log_->ResumeAt(Partition(p), Offset(0)), IsOk());
  }
  int turn = 0;
  ASSERT_TRUE(PollUntil(
      log_.get(),
      [&](const LogRecord& record) {
        // A quarter of the batches is thrown away, and asked for again.
        if (turn % 4 != 3) Take(record);
      },
      [&] {
        const Partition p(++turn % kPartitions);
        EXPECT_THAT(log_->Pause(p), IsOk());
        for (int32_t i = 0; turn % 4 == 0 && i < kPartitions; ++i) {
          EXPECT_THAT(log_->Pause(Partition(i)), IsOk());
          EXPECT_THAT(log_->ResumeAt(Partition(i), Offset(next_[i])), IsOk());
        }
        EXPECT_THAT(log_->ResumeAt(p, Offset(next_[p.value()])), IsOk());
        return HasFailure() ||
               (next_[0] >= kCount && next_[1] >= kCount && next_[2] >= kCount);
      }));
}

// librdkafka begins to fetch what it is assigned: that must neither be
// delivered nor run into the beginning of the log.
TEST_F(InputLogBrokerTest, AssignedWhereTheFirstRecordsAreDeleted) {
  CreateTopics(1);
  Fill(input(), 0, 100);
  ASSERT_THAT(admin().DeleteRecordsBefore(input(), 0, 90), IsOk());
  for (int i = 0; i < 20; ++i) {
    SCOPED_TRACE(i);
    options_.assignor =
        i % 2 == 0 ? Assignor::kRange : Assignor::kCooperativeSticky;
    Join(1);
    ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(95)), IsOk());
    next_[0] = 95;
    ASSERT_TRUE(PollUntil(
        log_.get(), [&](const LogRecord& record) { Take(record); },
        [&] { return HasFailure() || next_[0] == 100; }));
    ASSERT_THAT(log_->Close(), IsOk());
  }
}

// librdkafka's fetcher may sleep for a second, and is not woken by a seek.
TEST_F(InputLogBrokerTest, ResumeTakesEffectAtOnce) {
  CreateTopics(1);
  Fill(input(), 0, 10);
  Join(1);
  absl::Duration least = absl::InfiniteDuration();  // this machine may be busy
  for (int i = 1; i <= 3; ++i) {
    const absl::Time start = absl::Now();
    ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(i)), IsOk());
    next_[0] = i;
    ASSERT_TRUE(PollUntil(
        log_.get(), [&](const LogRecord& record) { Take(record); },
        [&] { return HasFailure() || next_[0] == 10; }));
    least = std::min(least, absl::Now() - start);
    ASSERT_THAT(log_->Pause(Partition(0)), IsOk());
  }
  EXPECT_LT(least, absl::Milliseconds(500));
}

// A poll returns when there is something, not when its time is over.
TEST_F(InputLogBrokerTest, PollDoesNotWaitForMore) {
  CreateTopics(1);
  Join(1);
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  Fill(input(), 0, 10);
  size_t delivered = 0;
  const absl::Time start = absl::Now();
  while (delivered < 10) {
    const auto records = log_->Poll(absl::Seconds(10));
    ASSERT_THAT(records, IsOk());
    delivered += records->size();
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(InputLogBrokerTest, RecordsBeforeAnErrorAreNotLost) {
  CreateTopics(2);
  Fill(input(), 0, 10);
  Fill(input(), 1, 10);
  Join(2);
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  ASSERT_THAT(log_->ResumeAt(Partition(1), Offset(99)), IsOk());
  LetFetch();
  absl::Status error;
  ASSERT_TRUE(Eventually([&] {
    const auto records = log_->Poll(absl::Milliseconds(20));
    if (!records.ok()) {
      error.Update(records.status());
    } else {
      for (const LogRecord& record : *records) Take(record);
    }
    return !error.ok() && next_[0] == 10;
  }));
  EXPECT_THAT(error, StatusIs(absl::StatusCode::kOutOfRange,
                              HasSubstr(absl::StrCat(input(), "[1]"))));
  ASSERT_THAT(log_->Pause(Partition(1)), IsOk());
  EXPECT_THAT(log_->ResumeAt(Partition(1), Offset(0)),
              StatusIs(absl::StatusCode::kUnavailable))
      << "librdkafka has stopped the partition: only an assignment helps";
}

TEST_F(InputLogBrokerTest, ErrorOfWhatWasPausedSinceIsNoError) {
  CreateTopics(1);
  Join(1);
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(99)), IsOk());
  LetFetch();
  ASSERT_THAT(log_->Pause(Partition(0)), IsOk());
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(log_->Poll(absl::Milliseconds(20)), IsOk());
  }
}

TEST_F(InputLogBrokerTest, TopicDeletedUnderneath) {
  CreateTopics(1);
  Fill(input(), 0, 1);
  options_.properties["topic.metadata.refresh.interval.ms"] = "100";
  options_.properties["topic.metadata.propagation.max.ms"] = "1000";
  Join(1);
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  ASSERT_THAT(admin().DeleteTopic(input()), IsOk());
  absl::Status error;
  EXPECT_TRUE(Eventually([&] {
    error = log_->Poll(absl::Milliseconds(20)).status();
    return !error.ok();
  }));
  EXPECT_THAT(error, StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(InputLogBrokerTest, CallsOnWhatIsNotHeldAreRefused) {
  CreateTopics(1);
  Join(1);
  EXPECT_THAT(log_->ResumeAt(Partition(7), Offset(0)),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("[7]")));
  EXPECT_THAT(log_->Pause(Partition(7)), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(log_->Close(), IsOk());
  EXPECT_THAT(log_->Close(), IsOk());
  EXPECT_TRUE(listener_.held.empty());
  EXPECT_THAT(log_->Poll(absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("closed")));
  EXPECT_THAT(log_->Token(), StatusIs(absl::StatusCode::kInternal));
}

// Without an answer: polls are empty, questions are kUnavailable, and closing
// does not take for ever.
TEST_F(InputLogBrokerTest, BrokerThatDoesNotAnswer) {
  CreateTopics(1);
  Fill(input(), 0, 3);
  Join(1);
  ASSERT_THAT(log_->Range(Partition(0)), IsOk());
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  ASSERT_TRUE(PollUntil(
      log_.get(), [&](const LogRecord& record) { Take(record); },
      [&] { return next_[0] == 3; }));
  ASSERT_THAT(kafka().Pause(0), IsOk());
  const absl::Time start = absl::Now();
  EXPECT_THAT(log_->Poll(absl::Milliseconds(50)), IsOk());
  EXPECT_THAT(log_->Committed(Partition(0)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->Range(Partition(0)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->ReadAt(Partition(0), Offset(0)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->Describe(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->Pause(Partition(0)), IsOk());
  EXPECT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  const absl::Time closing = absl::Now();
  EXPECT_THAT(log_->Close(), IsOk());
  EXPECT_LT(absl::Now() - closing, absl::Seconds(15));
  EXPECT_TRUE(listener_.held.empty());
  log_.reset();
  ASSERT_THAT(kafka().Resume(0), IsOk());
}

TEST_F(InputLogBrokerTest, BrokerThatComesBack) {
  CreateTopics(1);
  Fill(input(), 0, 3);
  Join(1);
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  ASSERT_THAT(kafka().Kill(0), IsOk());
  for (int i = 0; i < 20; ++i) {
    const auto records = log_->Poll(absl::Milliseconds(20));
    ASSERT_THAT(records, IsOk());
    for (const LogRecord& record : *records) Take(record);
  }
  ASSERT_THAT(kafka().Restart(0), IsOk());
  TestRecord record;
  record.value = "3";
  ASSERT_THAT(client().Produce(input(), record), IsOk());
  EXPECT_TRUE(PollUntil(
      log_.get(), [&](const LogRecord& r) { Take(r); },
      [&] { return HasFailure() || next_[0] == 4; }));
}

// Not a benchmark: a regression by a factor would be seen.
TEST_F(InputLogBrokerTest, ReadsManyRecords) {
  constexpr int kCount = 500000;
  CreateTopics(1);
  Fill(input(), 0, kCount);
  Join(1);
  const absl::Time start = absl::Now();
  ASSERT_THAT(log_->ResumeAt(Partition(0), Offset(0)), IsOk());
  int count = 0;
  ASSERT_TRUE(PollUntil(
      log_.get(), [&](const LogRecord&) { ++count; },
      [&] { return count == kCount; }));
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  RecordProperty("records_per_second", static_cast<int>(kCount / seconds));
  EXPECT_LT(seconds, 10);
}

}  // namespace
}  // namespace exactmean
