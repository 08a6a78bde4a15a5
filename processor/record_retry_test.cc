// When a record is tried again, and when it is given up.

#include "processor/record_retry.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

constexpr Partition kPartition(3);
constexpr Offset kOffset(12);
using Verdict = RecordRetry::Verdict;

class RecordRetryTest : public ::testing::Test {
 protected:
  // Fails at `now_`, and goes to when it is tried next.
  Verdict Fail(Offset offset = kOffset) {
    const Verdict verdict =
        retry_.Failed(kPartition, offset, "down", now_, policy_);
    if (verdict == Verdict::kAgain) now_ = retry_.due();
    return verdict;
  }

  RetryPolicy policy_;
  RecordRetry retry_;
  const absl::Time start_ = absl::FromUnixSeconds(1000);
  absl::Time now_ = start_;
};

TEST_F(RecordRetryTest, WaitsDoubleToTheirCeilingAndAreForEver) {
  absl::Duration whole = policy_.first_wait;
  for (int i = 0; i < 1000; ++i) {
    const absl::Time before = now_;
    ASSERT_EQ(Fail(), Verdict::kAgain);
    EXPECT_TRUE(retry_.waits(before));
    EXPECT_FALSE(retry_.waits(now_));
    EXPECT_GE(now_ - before, whole / 2);
    EXPECT_LE(now_ - before, whole);
    whole = std::min(whole * 2, policy_.longest_wait);
  }
  EXPECT_EQ(retry_.tries(), 1000);
  EXPECT_EQ(retry_.since(), start_);
  EXPECT_GE(now_ - start_, absl::Hours(4));
}

TEST_F(RecordRetryTest, PartitionsThatFailTogetherDoNotComeBackTogether) {
  std::set<absl::Duration> waits;
  for (int32_t p = 0; p < 100; ++p) {
    RecordRetry retry;
    retry.Failed(Partition(p), kOffset, "down", start_, policy_);
    waits.insert(retry.due() - start_);
  }
  EXPECT_GT(waits.size(), 90u);
}

TEST_F(RecordRetryTest, AfterTheLastTryItIsGivenUp) {
  policy_.max_tries = 3;
  EXPECT_EQ(Fail(), Verdict::kAgain);
  EXPECT_EQ(Fail(), Verdict::kAgain);
  EXPECT_EQ(Fail(), Verdict::kGiveUp);
  EXPECT_EQ(retry_.tries(), 3);
}

TEST_F(RecordRetryTest, OneTryIsNoRetry) {
  policy_.max_tries = 1;
  EXPECT_EQ(Fail(), Verdict::kGiveUp);
}

TEST_F(RecordRetryTest, WhenTheTimeIsUpItIsTriedOnceMore) {
  policy_.max_time = absl::Seconds(10);
  Verdict verdict = Fail();
  while (verdict == Verdict::kAgain && now_ - start_ < absl::Minutes(1)) {
    verdict = Fail();
  }
  EXPECT_EQ(verdict, Verdict::kGiveUp);
  EXPECT_EQ(now_ - start_, absl::Seconds(10));
}

TEST_F(RecordRetryTest, AnotherRecordBeginsAnew) {
  policy_.max_tries = 2;
  EXPECT_EQ(Fail(), Verdict::kAgain);
  const absl::Time then = now_;
  EXPECT_EQ(Fail(Offset(13)), Verdict::kAgain);
  EXPECT_EQ(retry_.tries(), 1);
  EXPECT_EQ(retry_.since(), then);
  retry_.Forget();
  EXPECT_FALSE(retry_.pending());
  EXPECT_EQ(Fail(Offset(13)), Verdict::kAgain);
  EXPECT_EQ(retry_.tries(), 1);
}

TEST_F(RecordRetryTest, SaysHowItIs) {
  EXPECT_EQ(retry_.Describe(now_), "");
  Fail();
  EXPECT_THAT(
      retry_.Describe(start_),
      testing::MatchesRegex("at offset 12 for 0: 1 try, the next in .*: down"));
  Fail();
  EXPECT_THAT(retry_.Describe(start_ + absl::Seconds(2)),
              testing::HasSubstr("at offset 12 for 2s: 2 tries, the next in 0"
                                 ": down"));
}

}  // namespace
}  // namespace exactmean
