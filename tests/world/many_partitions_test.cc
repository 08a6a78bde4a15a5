// Restores of many partitions at once: the loop comes round in time, and what
// is ready runs while others wait.

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int32_t kMany = 40;

TEST(ManyPartitionsTest, ATurnIsBoundedThoughNobodyAnswers) {
  World world(kMany, /*seed=*/11);
  world.Produce(100);
  const auto instance = world.Make(InstanceOptions());
  // Each question costs its time-out.
  instance->plan.set_chooser([&world](SeamCall call, int64_t /*nth*/) {
    if (call != SeamCall::kCommitted) return Fault();
    world.Advance(absl::Milliseconds(250));
    return Fault::FailBefore(absl::UnavailableError("no answer"));
  });
  for (int turn = 0; turn < 3 * kMany; ++turn) {
    const absl::Time start = world.cluster().now();
    ASSERT_THAT(instance->Turn(), IsOk());
    EXPECT_LE(world.cluster().now() - start, absl::Seconds(1));
  }
  // Each had its turn, and has it again.
  EXPECT_GE(instance->plan.calls(SeamCall::kCommitted), 2 * kMany);
  instance->plan.set_chooser(nullptr);
  EXPECT_THAT(world.Drain(instance.get()), IsOk());
}

TEST(ManyPartitionsTest, WhatIsReadyRunsWhileOthersWait) {
  constexpr Partition kReady(0), kWaits(1);
  World world(2, /*seed=*/12);
  const auto put = [&world](Partition partition) {
    world.Append(partition, ToModelRecord("key", std::string("1"), 0));
  };
  InstanceOptions options;
  options.name = "dead";
  {
    const auto dead = world.Make(options);
    put(kReady);
    put(kWaits);
    ASSERT_THAT(world.Drain(dead.get()), IsOk());
    // Dies in a transaction that moves one partition's offset.
    put(kWaits);
    dead->plan.Set(SeamCall::kAddOffsets,
                   dead->plan.calls(SeamCall::kAddOffsets) + 1,
                   Fault::CrashAfter());
    while (!dead->plan.dead()) dead->Turn().IgnoreError();
  }
  world.group().Expire("dead");
  options.name = "heir";
  options.unreachable_deadline = absl::Seconds(2);
  const auto heir = world.Make(options);
  put(kReady);
  const Offset end = world.cluster().partition("in", kReady).high();
  bool waited = false;
  for (int turn = 0; turn < 60; ++turn) {
    ASSERT_THAT(heir->Turn(), IsOk())
        << "an undecided offset is no broker out of reach";
    ASSERT_THAT(world.Check(), IsOk());
    const auto committed = world.group().Committed(kReady);
    waited |= committed.ok() && *committed == end &&
              !world.group().Committed(kWaits).ok();
    world.Advance(absl::Milliseconds(50));
  }
  EXPECT_TRUE(waited) << "it was held up";
  EXPECT_THAT(world.Drain(heir.get()), IsOk());
}

}  // namespace
}  // namespace exactmean
