// Input that is deleted before it is read: a loss, or none, as the results
// topic knows.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kPartition{0};

class DeletionTest : public ::testing::Test {
 protected:
  // One that has folded in everything, and does not hear that its group has
  // forgotten it.
  std::unique_ptr<Instance> MakeZombie(const std::string& name) {
    InstanceOptions options;
    options.name = name;
    auto zombie = world_.Make(options);
    EXPECT_THAT(world_.Drain(zombie.get()), IsOk());
    zombie->plan.CutOffFromGroup(true);
    world_.group().Expire(name);
    return zombie;
  }
  // More comes, another one takes it, and it is deleted.
  void MoveOn() {
    world_.Produce(30);
    ASSERT_THAT(world_.DrainAndDie("owner"), IsOk());
    input().DeleteBefore(world_.watch(kPartition).next());
  }
  // Turns that nobody may notice anything of.
  void Turn(Instance* instance, int turns) {
    for (int turn = 0; turn < turns; ++turn) {
      ASSERT_THAT(instance->Turn(), IsOk());
      ASSERT_THAT(world_.Check(), IsOk());
    }
  }
  // It waits for new records, where its group is.
  void ExpectCaughtUp(const Instance& instance) {
    const PartitionTask& task = *instance.processor->tasks().at(kPartition);
    ASSERT_TRUE(task.running());
    EXPECT_EQ(task.state().next_offset(), world_.watch(kPartition).next());
  }
  FakePartition& input() {
    return world_.cluster().partition("in", kPartition);
  }

  World world_{WorldOptions()};
};

// Its position is before the log's start, but not its group's.
TEST_F(DeletionTest, AZombieHasLostNothing) {
  world_.Produce(7);
  const auto zombie = MakeZombie("zombie");
  MoveOn();
  Turn(zombie.get(), 300);
  ExpectCaughtUp(*zombie);
}

// What the group says at that moment decides nothing: a coordinator that has
// just moved may know of no offset, or not answer.
TEST_F(DeletionTest, AZombieAndAGroupThatSaysThereIsNoOffset) {
  world_.Produce(7);
  const auto zombie = MakeZombie("zombie");
  MoveOn();
  zombie->plan.HideOffsets(true);
  Turn(zombie.get(), 100);
  zombie->plan.HideOffsets(false);
  Turn(zombie.get(), 100);
  ExpectCaughtUp(*zombie);
}

TEST_F(DeletionTest, AZombieAndAGroupThatDoesNotAnswer) {
  world_.Produce(7);
  const auto zombie = MakeZombie("zombie");
  MoveOn();
  FaultPlan& plan = zombie->plan;
  plan.Set(SeamCall::kCommitted, plan.calls(SeamCall::kCommitted) + 1,
           Fault::FailBefore(absl::UnavailableError("x")));
  Turn(zombie.get(), 300);
  ExpectCaughtUp(*zombie);
}

// Nothing is written down yet of where it starts: as after a crash, it is the
// first record that is retained.
TEST_F(DeletionTest, BeforeTheFirstCommitNothingIsMissed) {
  world_.Produce(30);
  const auto instance = world_.Make(InstanceOptions());
  FaultPlan& plan = instance->plan;
  plan.Set(SeamCall::kToken, 1, Fault::FailBefore(absl::AbortedError("x")));
  plan.set_chooser([&](SeamCall call, int64_t) {
    if (call == SeamCall::kResumeAt) input().DeleteBefore(Offset(20));
    return Fault();
  });
  ASSERT_THAT(world_.Drain(instance.get()), IsOk());
  EXPECT_EQ(plan.calls(SeamCall::kResumeAt), 2);
  EXPECT_EQ(world_.watch(kPartition).start(), Offset(20));
}

TEST_F(DeletionTest, AnAnchorThatGoesWhileItIsLookedForIsNotMissed) {
  world_.Produce(30);
  ASSERT_THAT(world_.DrainAndDie(), IsOk());
  const auto instance = world_.Make(InstanceOptions());
  FaultPlan& plan = instance->plan;
  plan.set_chooser([&](SeamCall call, int64_t) {
    if (call == SeamCall::kReadAt) input().DeleteBefore(input().high());
    return Fault();
  });
  Turn(instance.get(), 50);
  EXPECT_EQ(plan.calls(SeamCall::kReadAt), 1);
  EXPECT_TRUE(instance->processor->tasks().at(kPartition)->running());
}

TEST_F(DeletionTest, WhatNobodyHasReadIsRefused) {
  world_.Produce(7);
  const auto instance = world_.Make(InstanceOptions());
  ASSERT_THAT(world_.Drain(instance.get()), IsOk());
  world_.Produce(30);
  input().DeleteBefore(input().high());
  absl::Status status;
  for (int turn = 0; turn < 10 && status.ok(); ++turn) {
    status = instance->Turn();
  }
  EXPECT_EQ(ReasonOf(status), StopReason::kState) << status;
  EXPECT_THAT(status.message(), HasSubstr("records were deleted unread"));
}

}  // namespace
}  // namespace exactmean
