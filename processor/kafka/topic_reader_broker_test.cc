// The position of a restore at each kind of tail, and trouble while reading.

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/testing/broker_fixture.h"
#include "processor/kafka/topic_reader.h"
#include "tests/resident_memory.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr Partition kP0{0};

class TopicReaderBrokerTest : public BrokerTest {
 protected:
  void Create() {
    auto log = KafkaTopicReader::Create(options_, options_.results_topic);
    ASSERT_THAT(log, IsOk());
    log_ = *std::move(log);
  }

  // Reads until the position is there, or half a second over its time.
  int64_t ReadTo(int64_t position) {
    Eventually([&] {
      const auto records = log_->Read(absl::Milliseconds(20));
      EXPECT_THAT(records, IsOk());
      if (!records.ok()) return true;
      read_ += records->size();
      return log_->Position(kP0).value() >= position;
    });
    return log_->Position(kP0).value();
  }

  std::unique_ptr<KafkaTopicReader> log_;
  size_t read_ = 0;
};

// The table of what was measured before the interface was made.
TEST_F(TopicReaderBrokerTest, PositionAtEachKindOfTail) {
  CreateTopics(1);
  Create();
  const TestRecord record{0, "k", "v", 0};
  auto committed = client().BeginTransaction("tail-1");
  ASSERT_THAT(committed, IsOk());
  ASSERT_THAT((*committed)->WriteAll(results(), {record, record, record}),
              IsOk());
  ASSERT_THAT((*committed)->Commit(), IsOk());
  EXPECT_THAT(log_->EndOffset(kP0), IsOkAndHolds(Offset(4)));
  ASSERT_THAT(log_->Open(kP0), IsOk());
  EXPECT_EQ(ReadTo(4), 4) << "the marker is stepped over";
  EXPECT_EQ(read_, 3u);

  auto open = client().BeginTransaction("tail-2");
  ASSERT_THAT(open, IsOk());
  ASSERT_THAT((*open)->WriteAll(results(), {record, record}), IsOk());
  EXPECT_THAT(log_->EndOffset(kP0), IsOkAndHolds(Offset(6)));
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(log_->Read(absl::Milliseconds(20)), IsOk());
    ASSERT_EQ(log_->Position(kP0), Offset(4)) << "held back";
  }
  ASSERT_THAT((*open)->Abort(), IsOk());
  EXPECT_THAT(log_->EndOffset(kP0), IsOkAndHolds(Offset(7)));
  EXPECT_EQ(ReadTo(7), 7) << "the aborted tail is stepped over";
  EXPECT_EQ(read_, 3u);
}

TEST_F(TopicReaderBrokerTest, OpenedAgainAndAgain) {
  CreateTopics(2);
  Fill(results(), 0, 1000);
  Create();
  ASSERT_THAT(log_->Open(Partition(1)), IsOk());  // keeps the client
  for (int i = 0; i < 10; ++i) {
    read_ = 0;
    ASSERT_THAT(log_->Open(kP0), IsOk());
    ASSERT_EQ(ReadTo(1000), 1000);
    EXPECT_EQ(read_, 1000u);
    if (i % 2 == 0) log_->Close(kP0);
  }
}

TEST_F(TopicReaderBrokerTest, CutOffWhileItIsRead) {
  CreateTopics(1);
  Fill(results(), 0, 1000);
  options_.properties["queued.min.messages"] = "1";
  options_.properties["fetch.message.max.bytes"] = "1000";
  Create();
  ASSERT_THAT(log_->Open(kP0), IsOk());
  ASSERT_THAT(admin().DeleteRecordsBefore(results(), 0, 1000), IsOk());
  absl::Status error;
  Eventually([&] {
    error = log_->Read(absl::Milliseconds(20)).status();
    return !error.ok() || log_->Position(kP0) == Offset(1000);
  });
  EXPECT_THAT(error, StatusIs(absl::StatusCode::kOutOfRange));
  ASSERT_THAT(log_->Open(kP0), IsOk());
  EXPECT_EQ(ReadTo(1000), 1000);
}

TEST_F(TopicReaderBrokerTest, BrokerThatDoesNotAnswer) {
  CreateTopics(1);
  Create();
  ASSERT_THAT(log_->Open(kP0), IsOk());
  ASSERT_THAT(kafka().Pause(0), IsOk());
  const absl::Time start = absl::Now();
  EXPECT_THAT(log_->EndOffset(kP0), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->Open(kP0), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(log_->Read(absl::Milliseconds(20)), IsOk());
  log_->Close(kP0);
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  ASSERT_THAT(kafka().Resume(0), IsOk());
  EXPECT_TRUE(Eventually([&] { return log_->EndOffset(kP0).ok(); }));
}

TEST_F(TopicReaderBrokerTest, ReadsManyRecords) {
  constexpr int kCount = 500000;
  CreateTopics(1);
  Fill(results(), 0, kCount);
  Create();
  const absl::Time start = absl::Now();
  ASSERT_THAT(log_->Open(kP0), IsOk());
  EXPECT_EQ(ReadTo(kCount), kCount);
  EXPECT_EQ(read_, size_t{kCount});
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  RecordProperty("records_per_second", static_cast<int>(kCount / seconds));
  EXPECT_LT(seconds, 10);
}

// Each restore's client has threads of its own, and the allocator keeps an
// arena of what each has let go of: without a remedy each of these restores
// adds some 10 MiB, up to hundreds.
TEST_F(TopicReaderBrokerTest, GivesItsMemoryBack) {
  constexpr int kCount = 300000;
  CreateTopics(1);
  Fill(results(), 0, kCount);
  Create();
  const int64_t before = ResidentKib();
  EXPECT_GT(before, 0);
  for (int restores = 0; restores < 8; ++restores) {
    ASSERT_THAT(log_->Open(kP0), IsOk());
    ASSERT_EQ(ReadTo(kCount), kCount);
    log_->Close(kP0);
  }
  EXPECT_LT(ResidentKib(), before + 20 * 1024);
}

}  // namespace
}  // namespace exactmean
