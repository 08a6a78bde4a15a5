// While brokers take in what a transaction has written, the fold goes on: what
// comes then is of the next one. Whoever loses a partition meanwhile commits
// nothing of it, and a step never makes an open transaction wait.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tests/world/step_testing.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int kTurns = 200;

InstanceOptions SlowCommits() {
  InstanceOptions options;
  options.slow_commits = true;
  return options;
}

bool IsOpen(const Instance& instance) {
  return instance.plan.calls(SeamCall::kBegin) >
         instance.plan.calls(SeamCall::kCommit) +
             instance.plan.calls(SeamCall::kAbort);
}

// Turns until a transaction is being written.
bool TurnUntilOpen(Instance* instance) {
  for (int i = 0; i < kTurns && !IsOpen(*instance); ++i) {
    EXPECT_THAT(instance->Turn(), IsOk());
  }
  return IsOpen(*instance);
}

TEST(CommitOverlapTest, TheFoldGoesOn) {
  World world(2, /*seed=*/1);
  const auto instance = world.Make(SlowCommits());
  world.Produce(50);
  ASSERT_TRUE(TurnUntilOpen(instance.get()));
  const uint64_t records = instance->processor->stats().records;
  ASSERT_THAT(instance->Turn(), IsOk());
  EXPECT_TRUE(IsOpen(*instance));
  EXPECT_EQ(instance->processor->stats().commits, 0u);
  EXPECT_GT(instance->processor->stats().records, records);
  EXPECT_THAT(world.Check(), IsOk());
  EXPECT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_THAT(world.CheckDrained(), IsOk());
}

TEST(CommitOverlapTest, WhatIsLostMeanwhileIsNotCommitted) {
  World world(2, /*seed=*/1);
  const auto instance = world.Make(SlowCommits());
  world.Produce(50);
  ASSERT_TRUE(TurnUntilOpen(instance.get()));
  world.group().Expire("a");
  for (int i = 0; i < 5; ++i) ASSERT_THAT(instance->Turn(), IsOk());
  EXPECT_EQ(instance->processor->stats().aborts, 1u);
  EXPECT_EQ(instance->plan.calls(SeamCall::kAddOffsets), 0);
  EXPECT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_THAT(world.CheckDrained(), IsOk());
}

TEST(CommitOverlapTest, WhatIsGivenUpMeanwhileIsCommittedFirst) {
  World world(2, /*seed=*/1);
  const auto instance = world.Make(SlowCommits());
  world.Produce(50);
  ASSERT_TRUE(TurnUntilOpen(instance.get()));
  ASSERT_THAT(instance->Turn(), IsOk());
  ASSERT_TRUE(IsOpen(*instance));
  ASSERT_THAT(instance->processor->Shutdown(), IsOk());
  EXPECT_FALSE(IsOpen(*instance));
  EXPECT_EQ(instance->processor->stats().commits, 2u)
      << "that one, and what was folded in since";
  EXPECT_EQ(instance->processor->stats().aborts, 0u);
  EXPECT_THAT(world.Check(), IsOk());
}

// So that a transaction is never larger than brokers can take in its time.
TEST(CommitOverlapTest, WhatIsFullWaitsForTheOneBefore) {
  constexpr int kFull = 7;
  World world(2, /*seed=*/1);
  InstanceOptions options = SlowCommits();
  options.max_poll_records = kFull;
  options.commit_policy = {absl::Hours(1), kFull};
  const auto instance = world.Make(options);
  world.Produce(100 * kFull);
  ASSERT_TRUE(TurnUntilOpen(instance.get()));
  const uint64_t before = instance->processor->stats().commits;
  constexpr int kMore = 30;
  for (int i = 0; i < kMore; ++i) ASSERT_THAT(instance->Turn(), IsOk());
  EXPECT_GE(instance->processor->stats().commits, before + kMore - 1);
}

class HeldBackTest : public ::testing::TestWithParam<CommitStyle> {};

// At most once what one commit holds is what a crash may lose.
TEST_P(HeldBackTest, ACommitAtMostOnceIsBounded) {
  constexpr int kFull = 7;
  InstanceOptions options = SlowCommits();
  options.delivery = {DeliveryMode::kAtMostOnce, GetParam()};
  options.max_poll_records = kFull;
  options.commit_policy = {absl::Hours(1), kFull};
  WorldOptions world_options;
  world_options.partitions = 2;
  world_options.promise = DeliveryMode::kAtMostOnce;
  World world(world_options);
  const auto instance = world.Make(options);
  // Each time the group takes a while to answer.
  int asked = 0;
  instance->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call == SeamCall::kCommitOffsets) asked = 0;
    constexpr int kAsked = 10;
    return call == SeamCall::kOffsetsCommitted && ++asked < kAsked
               ? Fault::FailBefore(absl::UnavailableError("no answer yet"))
               : Fault();
  });
  world.Produce(40 * kFull);
  ProcessorStats before;
  for (int i = 0; i < kTurns; ++i) {
    ASSERT_THAT(instance->Turn(), IsOk());
    const ProcessorStats now = instance->processor->stats();
    if (now.commits == before.commits) continue;
    EXPECT_LE(now.records - before.records, 3 * kFull)
        << "one commit, what is full, and a poll";
    before = now;
  }
  EXPECT_GT(before.commits, 10u);
  EXPECT_THAT(world.Check(), IsOk());
}

INSTANTIATE_TEST_SUITE_P(Styles, HeldBackTest,
                         ::testing::Values(CommitStyle::kAsyncThenSync,
                                           CommitStyle::kAsync,
                                           CommitStyle::kAuto),
                         [](const auto& test) {
                           return std::string(ToString(test.param));
                         });

// It would be told to wait, and for longer.
TEST(CommitOverlapTest, TheNextBeginsWhenTheMarkersAreWritten) {
  World world(2, /*seed=*/1);
  InstanceOptions options;
  options.markers_time = absl::Milliseconds(4);
  const auto instance = world.Make(options);
  world.Produce(500);
  const auto commits = [&] { return instance->processor->stats().commits; };
  for (int i = 0; i < kTurns && commits() == 0; ++i) {
    ASSERT_THAT(instance->Turn(), IsOk());
  }
  for (uint64_t done = 1; done < 5; ++done) {
    ASSERT_EQ(commits(), done);
    world.cluster().Advance(options.markers_time - absl::Milliseconds(1));
    ASSERT_THAT(instance->Turn(), IsOk());
    ASSERT_FALSE(IsOpen(*instance));
    world.cluster().Advance(absl::Milliseconds(1));
    ASSERT_THAT(instance->Turn(), IsOk());
    ASSERT_TRUE(IsOpen(*instance));
    ASSERT_THAT(instance->Turn(), IsOk());
  }
}

// Readers of the results would have to wait for its time-out.
TEST(CommitOverlapTest, WhatIsOpenWhenTheProcessFailsIsAborted) {
  World world(2, /*seed=*/1);
  const auto instance = world.Make(SlowCommits());
  world.Produce(50);
  ASSERT_TRUE(TurnUntilOpen(instance.get()));
  instance->plan.Set(SeamCall::kPoll, instance->plan.calls(SeamCall::kPoll) + 1,
                     Fault::FailBefore(absl::InternalError("broken")));
  ASSERT_THAT(instance->Turn(), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(instance->processor->Shutdown(), IsOk());
  EXPECT_FALSE(IsOpen(*instance));
  EXPECT_EQ(instance->processor->stats().commits, 0u);
}

class CommitOverlapStepTest : public StepTest {};

TEST_F(CommitOverlapStepTest, NothingIsOpenWhileAStepTakesItsTime) {
  MakeWorld();
  const auto instance = world_->Make(SlowCommits());
  answer_ = absl::OkStatus();
  AppendAll();
  for (int i = 0; i < 50; ++i) {
    ASSERT_THAT(Turns(instance.get(), 1), IsOk());
    ASSERT_FALSE(IsOpen(*instance));
  }
  EXPECT_GT(instance->processor->stats().commits, 2u);
  EXPECT_THAT(world_->CheckDrained(), IsOk());
}

}  // namespace
}  // namespace exactmean
