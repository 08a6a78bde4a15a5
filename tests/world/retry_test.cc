// A step that cannot tell of a record for now: its partition waits before the
// record, the others go on; whatever happens meanwhile, nothing is lost,
// counted twice or out of order.

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tests/world/step_testing.h"

namespace exactmean {
namespace {

class RetryTest : public StepTest {};

TEST_F(RetryTest, ThePartitionWaitsAndTheOthersGoOn) {
  MakeWorld();
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 200), IsOk());
  EXPECT_EQ(Committed(kStuck), Offset(10));
  EXPECT_EQ(Committed(kOther), Offset(30));
  const RecordRetry& retry = RetryOf(a_.get());
  ASSERT_TRUE(retry.pending());
  EXPECT_EQ(retry.offset(), Offset(10));
  EXPECT_EQ(retry.why(), "the rates are down");
  // Once for each try, and not all the time.
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], retry.tries());
  EXPECT_GE(retry.tries(), 5);
  EXPECT_LE(retry.tries(), 12);
  EXPECT_EQ(asked_.count({kStuck, Offset(11)}), 0u);

  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  EXPECT_FALSE(RetryOf(a_.get()).pending());
  for (int i = 11; i < 30; ++i) {
    EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(i))], 1) << i;
  }
  EXPECT_THAT(a_->processor->Shutdown(), IsOk());
  EXPECT_THAT(world_->CheckDrained(), IsOk());
}

TEST_F(RetryTest, WhatCannotBeResumedInOrderIsNotResumed) {
  MakeWorld();
  AppendAll();
  bool broken = false;
  a_->plan.set_chooser([&](SeamCall call, int64_t) {
    return broken && call == SeamCall::kResumeAt
               ? Fault::FailBefore(absl::InternalError("no seek"))
               : Fault();
  });
  ASSERT_THAT(Turns(a_.get(), 20), IsOk());
  ASSERT_TRUE(RetryOf(a_.get()).pending());
  broken = true;
  const absl::Status status = Turns(a_.get(), 2000);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(asked_.count({kStuck, Offset(11)}), 0u);
  EXPECT_EQ(Committed(kStuck), Offset(10));
}

// Paused late, or resumed late: what Poll delivers meanwhile is not folded in.
TEST_F(RetryTest, TroubleWithPauseAndResumeIsWaitedOut) {
  MakeWorld();
  AppendAll();
  int faults = 0;
  a_->plan.set_chooser([&](SeamCall call, int64_t nth) {
    const bool fails =
        (call == SeamCall::kPause || call == SeamCall::kResumeAt) &&
        nth % 3 != 0;
    faults += fails ? 1 : 0;
    return fails ? Fault::FailBefore(absl::UnavailableError("moving"))
                 : Fault();
  });
  ASSERT_THAT(Turns(a_.get(), 200), IsOk());
  EXPECT_GT(faults, 5);
  EXPECT_EQ(Committed(kStuck), Offset(10));
  EXPECT_EQ(asked_.count({kStuck, Offset(11)}), 0u);
  answer_ = absl::OkStatus();
  EXPECT_THAT(world_->Drain(a_.get()), IsOk());
}

TEST_F(RetryTest, AfterARestartTriesAreCountedAnew) {
  MakeWorld();
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 100), IsOk());
  EXPECT_GE(RetryOf(a_.get()).tries(), 5);
  a_->plan.Kill();
  world_->group().Expire("a");
  InstanceOptions options;
  options.name = "b";
  const auto b = world_->Make(options);
  asked_.clear();
  for (int i = 0; i < 100 && asked_.count({kStuck, Offset(10)}) == 0; ++i) {
    ASSERT_THAT(Turns(b.get(), 1), IsOk());
  }
  EXPECT_EQ(RetryOf(b.get()).tries(), 1);
  answer_ = absl::OkStatus();
  EXPECT_THAT(world_->Drain(b.get()), IsOk());
}

TEST_F(RetryTest, ARecoveryWhileStuckBeginsAtTheRecordAgain) {
  MakeWorld();
  AppendAll();
  ASSERT_THAT(Turns(a_.get(), 100), IsOk());
  EXPECT_GE(RetryOf(a_.get()).tries(), 5);
  a_->plan.Set(SeamCall::kCommit, a_->plan.calls(SeamCall::kCommit) + 1,
               Fault::FailAfter(absl::UnknownError("lost")));
  Append(kOther, "key");
  asked_.clear();
  for (int i = 0; i < 100 && a_->processor->stats().recoveries == 0; ++i) {
    ASSERT_THAT(Turns(a_.get(), 1), IsOk());
  }
  ASSERT_EQ(a_->processor->stats().recoveries, 1u);
  EXPECT_FALSE(RetryOf(a_.get()).pending());
  ASSERT_THAT(Turns(a_.get(), 50), IsOk());
  EXPECT_TRUE(RetryOf(a_.get()).pending());
  answer_ = absl::OkStatus();
  EXPECT_THAT(world_->Drain(a_.get()), IsOk());
}

TEST_F(RetryTest, APartitionThatIsTakenAwayWhileStuckGoesOnElsewhere) {
  for (const bool cooperative : {false, true}) {
    asked_.clear();
    answer_ = absl::UnavailableError("the rates are down");
    MakeWorld();
    AppendAll();
    InstanceOptions options;
    options.cooperative = cooperative;
    a_ = world_->Make(options);
    ASSERT_THAT(Turns(a_.get(), 100), IsOk());
    options.name = "b";
    const auto b = world_->Make(options);
    world_->group().Force({{"b", {kStuck}}, {"a", {kOther}}});
    for (int i = 0; i < 100; ++i) {
      ASSERT_THAT(Turns(a_.get(), 1), IsOk());
      ASSERT_THAT(Turns(b.get(), 1), IsOk());
    }
    EXPECT_EQ(a_->processor->tasks().count(kStuck), 0u);
    ASSERT_EQ(b->processor->tasks().count(kStuck), 1u);
    EXPECT_TRUE(RetryOf(b.get()).pending());
    EXPECT_EQ(Committed(kStuck), Offset(10));
    answer_ = absl::OkStatus();
    Append(kOther, "key");
    for (int i = 0; i < 1000 && !world_->CheckDrained().ok(); ++i) {
      ASSERT_THAT(Turns(a_.get(), 1), IsOk());
      ASSERT_THAT(Turns(b.get(), 1), IsOk());
    }
    EXPECT_THAT(world_->CheckDrained(), IsOk());
  }
}

}  // namespace
}  // namespace exactmean
