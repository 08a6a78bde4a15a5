// What verify does with less than a whole state of its own configuration:
// samples, records that were lost or retried, open transactions, a STOP.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/verify_testing.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Outcome = PartitionVerdict::Outcome;

constexpr Partition kFirst(0);

TEST_F(VerifyTest, WhatWasLostCannotBeComputed) {
  AppendSome();
  Drain();
  results::Checkpoint checkpoint = Checkpoint();
  checkpoint.mutable_dispositions()->set_lost(2);
  Forge(checkpoint);
  EXPECT_EQ(RunFirst().outcome, Outcome::kPartial);
}

TEST_F(VerifyTest, NorWhatCameBackFromARetryTopic) {
  AppendSome();
  Drain();
  results::Checkpoint checkpoint = Checkpoint();
  checkpoint.mutable_dispositions()->set_retried(1);
  checkpoint.mutable_retry_outcomes()->set_applied(1);
  Forge(checkpoint);
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kPartial);
  EXPECT_THAT(verdict.remarks,
              ElementsAre(HasSubstr("1 record went to retry topics")));
}

TEST_F(VerifyTest, ASampleIsTheSameEachTimeAndCatchesItsOwn) {
  for (int i = 0; i < 200; ++i) Append(kFirst, absl::StrCat("k", i), "1");
  Drain();
  options_.sample = 0.2;
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kVerified);
  EXPECT_GT(verdict.compared, 15u);
  EXPECT_LT(verdict.compared, 80u);
  int caught = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string key = absl::StrCat("k", i);
    if (!InSample(key, 0.2)) continue;
    ++caught;
    Forge(key, "x");
  }
  EXPECT_EQ(RunFirst().different, static_cast<uint64_t>(caught));
  EXPECT_EQ(RunFirst().compared, verdict.compared);
}

TEST_F(VerifyTest, AnotherConfigurationIsRefusedInWords) {
  AppendSome();
  Drain();
  StateSpec spec = LastAndAll();
  spec.windows[0].size = 77;
  const Pipeline other(spec, world_.pipeline().identity);
  source_.pipeline = &other;
  const absl::Status refused = Run().status();
  EXPECT_EQ(ReasonOf(refused), StopReason::kConfig);
  EXPECT_THAT(refused.message(), HasSubstr("size=77"));
}

TEST_F(VerifyTest, BadRecordsThatAStopHadLetPassAreTold) {
  AppendSome();
  Drain();
  source_.on_bad_record = BadRecordPolicy::kStop;
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kVerified);
  EXPECT_THAT(verdict.remarks, ElementsAre(HasSubstr("on_bad_record")));
}

TEST_F(VerifyTest, ATransactionInFlightIsNotSeen) {
  AppendSome();
  Drain();
  const FakeProducer writer =
      world_.cluster().InitProducer("w", absl::Hours(1));
  ASSERT_THAT(world_.cluster().Append(writer, "out", kFirst, "a", "half"),
              IsOk());
  EXPECT_EQ(RunFirst().outcome, Outcome::kVerified);
  ASSERT_THAT(world_.cluster().EndTransaction(writer, /*commit=*/true), IsOk());
  EXPECT_EQ(RunFirst().outcome, Outcome::kDiffers);
}

}  // namespace
}  // namespace exactmean
