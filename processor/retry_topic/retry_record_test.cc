// The form of records in retry topics.

#include "processor/retry_topic/retry_record.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/bad_record.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class RetryRecordTest : public ::testing::Test {
 protected:
  RetryRecordTest() {
    origin_.topic = "in";
    origin_.partition = Partition(3);
    origin_.offset = Offset(12);
    origin_.timestamp_ms = 0;
    origin_.kind = std::string(ToString(BadRecordKind::kGivenUp));
    origin_.error = "the rates are down";
    origin_.application = "app";
    origin_.time = absl::FromUnixMillis(5000);
    origin_.tries = 2;
    record_.key = "k";
    record_.value = "v";
    record_.timestamp_ms = 0;
    // As of one that was redriven, or of somebody who means to confuse.
    record_.headers = {{"mine", absl::nullopt},
                       {std::string(kDueHeader), "2000-01-01T00:00:00.000Z"},
                       {std::string(kTriesHeader), "77"}};
  }
  DeadLetterOrigin origin_;
  OwnedRecord record_;
};

TEST_F(RetryRecordTest, ComesBackAsItWas) {
  const absl::Time due = absl::FromUnixMillis(1700000000123);
  const auto retry = ParseRetryRecord(ToRetryTopic(origin_, due, record_));
  ASSERT_THAT(retry, IsOk());
  EXPECT_EQ(retry->due, due);
  EXPECT_EQ(retry->origin.tries, 2);
  EXPECT_EQ(retry->record.headers, record_.headers);
  const LogRecord record = ToLogRecord(*retry);
  EXPECT_EQ(record.partition, Partition(3));
  EXPECT_EQ(record.offset, Offset(12));
  EXPECT_EQ(record.timestamp_ms, 0);
  EXPECT_EQ(record.key, "k");
  EXPECT_EQ(record.value, "v");
  EXPECT_THAT(HeadersOf(record), IsOkAndHolds(record_.headers));
}

TEST_F(RetryRecordTest, WhatIsNoneIsRefused) {
  EXPECT_THAT(ParseRetryRecord(record_).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  record_.headers.clear();
  // A dead letter has no due time.
  EXPECT_THAT(
      ParseRetryRecord(ToDeadLetter(origin_, record_)).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exactmean.due")));
  OwnedRecord spoilt = ToRetryTopic(origin_, absl::UnixEpoch(), record_);
  for (RecordHeader& header : spoilt.headers) {
    if (header.name == kDueHeader) header.value = "soon";
  }
  EXPECT_THAT(
      ParseRetryRecord(spoilt).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("exactmean.due")));
}

}  // namespace
}  // namespace exactmean
