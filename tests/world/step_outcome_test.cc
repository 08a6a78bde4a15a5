// What follows when a step has failed for good, too often or fatally, lets
// records go by, or takes its time.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/step_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StepOutcomeTest : public StepTest {};

TEST_F(StepOutcomeTest, AtTheLimitItStopsBeforeTheRecord) {
  RetryPolicy retry;
  retry.max_tries = 4;
  MakeWorld(retry);
  AppendAll();
  const absl::Status status = Turns(a_.get(), 1000);
  EXPECT_EQ(ReasonOf(status), StopReason::kStep);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("partition 0, offset 10"), HasSubstr("4 tries"),
                    HasSubstr("the rates are down"),
                    HasSubstr("Everything before it is committed")));
  EXPECT_EQ(asked_[std::make_pair(kStuck, Offset(10))], 4);
  EXPECT_EQ(Committed(kStuck), Offset(10));
  EXPECT_THAT(world_->Check(), IsOk());
}

TEST_F(StepOutcomeTest, AtTheLimitItBecomesADeadLetter) {
  RetryPolicy retry;
  retry.max_time = absl::Seconds(3);
  retry.give_up = RetryPolicy::GiveUp::kDeadLetter;
  MakeWorld(retry, BadRecordPolicy::kDeadLetter);
  for (int i = 0; i < 20; ++i) {
    const bool stuck = i == 0 || i == 10 || i == 11 || i == 19;
    Append(kStuck, stuck ? "stuck" : "key",
           stuck ? ModelRecord::Kind::kBad : ModelRecord::Kind::kValue);
  }
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  std::vector<int> tries;
  world_->cluster()
      .partition("dead", kStuck)
      .ReadCommitted(Offset(0), 100, [&](const FakeRecord& record) {
        const auto letter = ParseDeadLetter(
            {record.key, record.value, record.headers, record.timestamp_ms});
        ASSERT_THAT(letter, IsOk());
        EXPECT_EQ(letter->origin.kind, "given-up");
        EXPECT_EQ(letter->origin.attempts, 1);
        EXPECT_THAT(letter->origin.error,
                    HasSubstr(absl::StrCat("after ", letter->origin.tries,
                                           " tries in 3")));
        EXPECT_EQ(letter->origin.tries,
                  (asked_[std::make_pair(kStuck, letter->origin.offset)]));
        tries.push_back(letter->origin.tries);
      });
  ASSERT_EQ(tries.size(), 4u);
  EXPECT_GE(tries[0], 3);
}

// Of a step that was half done when its process died: redriven, the record
// would be counted again.
TEST_F(StepOutcomeTest, WhatTheStateMayHoldIsNotGivenUp) {
  constexpr DeliveryMode kMode = DeliveryMode::kAtLeastOnce;
  RetryPolicy retry;
  retry.max_tries = 2;
  retry.give_up = RetryPolicy::GiveUp::kDeadLetter;
  MakeWorld(retry, BadRecordPolicy::kDeadLetter, kMode);
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  answer_ = absl::OkStatus();
  Append(kStuck, "stuck");
  // Its snapshot is written, the checkpoint is not.
  a_->plan.Set(SeamCall::kWrite, a_->plan.calls(SeamCall::kWrite) + 2,
               Fault::CrashBefore());
  for (int i = 0; i < 100 && !a_->plan.dead(); ++i) a_->Turn().IgnoreError();
  ASSERT_TRUE(a_->plan.dead());
  world_->group().Expire("a");

  answer_ = absl::UnavailableError("the rates are down");
  const auto b = world_->Make(Of(kMode));
  ASSERT_THAT(Turns(b.get(), 1000), IsOk());
  EXPECT_GT(RetryOf(b.get()).tries(), retry.max_tries);
  EXPECT_LT(RetryOf(b.get()).tries(), 50);  // it waits between them
  EXPECT_EQ(world_->cluster().partition("dead", kStuck).high(), Offset(0));
  answer_ = absl::OkStatus();
  ASSERT_THAT(world_->Drain(b.get()), IsOk());
  EXPECT_THAT(world_->CheckDrained(), IsOk());
}

TEST_F(StepOutcomeTest, AFatalErrorStopsBeforeTheRecord) {
  MakeWorld();
  Append(kStuck, "key");
  Append(kStuck, "fatal");
  const absl::Status status = Turns(a_.get(), 100);
  EXPECT_EQ(ReasonOf(status), StopReason::kStep);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("topic \"in\", partition 0, offset 1"),
                    HasSubstr("DATA_LOSS: it is broken"),
                    HasSubstr("Everything before it is committed")));
  EXPECT_EQ(Committed(kStuck), Offset(1));
}

TEST_F(StepOutcomeTest, RefusedAndFilteredRecordsAreCounted) {
  MakeWorld(RetryPolicy(), BadRecordPolicy::kDeadLetter);
  answer_ = absl::OkStatus();
  for (int i = 0; i < 10; ++i) {
    Append(kStuck, "key");
    Append(kStuck, "skip", ModelRecord::Kind::kFilter);
    Append(kOther, "refused", ModelRecord::Kind::kBad);
  }
  Append(kOther, "skip", ModelRecord::Kind::kFilter);
  ASSERT_THAT(world_->Drain(a_.get()), IsOk());
  const auto& state = a_->processor->tasks().at(kStuck)->state();
  EXPECT_EQ(state.dispositions().filtered(), 10u);
}

// One call after the other that takes its time: the group and the commits do
// not wait for a whole batch.
TEST_F(StepOutcomeTest, ASlowStepDoesNotHoldUpTheGroup) {
  MakeWorld();
  AppendAll();
  answer_ = absl::OkStatus();
  takes_ = absl::Milliseconds(400);
  absl::Duration longest;
  for (int i = 0; i < 1000 && !world_->CheckDrained().ok(); ++i) {
    const absl::Time before = world_->cluster().now();
    ASSERT_THAT(a_->Turn(), IsOk());
    longest = std::max(longest, world_->cluster().now() - before);
    ASSERT_THAT(world_->Check(), IsOk());
    world_->Advance(absl::Milliseconds(10));
  }
  EXPECT_THAT(world_->CheckDrained(), IsOk());
  EXPECT_LE(longest, absl::Milliseconds(1300));
  for (const auto& [record, times] : asked_) EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace exactmean
