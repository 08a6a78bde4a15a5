// Restores of many partitions at once: the loop comes round in time, and what
// is ready runs while others wait.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

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

// How many partitions of `instance` run.
size_t Running(const Instance& instance) {
  size_t running = 0;
  for (const auto& [partition, task] : instance.processor->tasks()) {
    running += task->running() ? 1 : 0;
  }
  return running;
}

// Each partition has more to read than restores overlap by.
std::unique_ptr<World> WithStateToRestore(int32_t partitions) {
  auto world = std::make_unique<World>(partitions, /*seed=*/13);
  for (int i = 0; i < 40 * partitions; ++i) {
    world->Append(Partition(i % partitions),
                  ToModelRecord(absl::StrCat("key", i), std::string("1"), i));
  }
  EXPECT_THAT(world->DrainAndDie(), IsOk());
  return world;
}

TEST(ManyPartitionsTest, TheFirstRunsBeforeTheLastIsRead) {
  const auto world = WithStateToRestore(4);
  const auto instance = world->Make(InstanceOptions());
  while (Running(*instance) == 0) ASSERT_THAT(instance->Turn(), IsOk());
  int waiting = 0;
  for (const auto& [partition, task] : instance->processor->tasks()) {
    if (task->running() || !task->restorer().waiting()) continue;
    ++waiting;
    EXPECT_THAT(task->restorer().Describe(world->cluster().now()),
                HasSubstr("its turn"));
  }
  EXPECT_EQ(waiting, 2) << "one is next, and overlaps with the first";
  EXPECT_THAT(world->Drain(instance.get()), IsOk());
}

TEST(ManyPartitionsTest, ASmallOneIsReadAtOnce) {
  constexpr Partition kLast(3);
  auto world = std::make_unique<World>(4, /*seed=*/14);
  for (int i = 0; i < 120; ++i) {
    world->Append(Partition(i % 3),
                  ToModelRecord(absl::StrCat("key", i), std::string("1"), i));
  }
  world->Append(kLast, ToModelRecord("key", std::string("1"), 0));
  ASSERT_THAT(world->DrainAndDie(), IsOk());
  const auto instance = world->Make(InstanceOptions());
  while (Running(*instance) == 0) ASSERT_THAT(instance->Turn(), IsOk());
  const auto& tasks = instance->processor->tasks();
  EXPECT_EQ(Running(*instance), 1u);
  EXPECT_TRUE(tasks.at(kLast)->running()) << "it waits behind the large ones";
  EXPECT_THAT(world->Drain(instance.get()), IsOk());
}

TEST(ManyPartitionsTest, OneThatStandsDoesNotHoldUpTheNext) {
  const auto world = WithStateToRestore(4);
  const FakeProducer writer =
      world->cluster().InitProducer("foreign", absl::Minutes(1));
  // What follows it is read when it has ended.
  for (const Partition held : {Partition(0), Partition(1)}) {
    ASSERT_THAT(world->cluster().Append(writer, "out", held, "foreign", "x"),
                IsOk());
  }
  InstanceOptions options;
  options.restore_overlap = 0;
  const auto instance = world->Make(options);
  const absl::Time start = world->cluster().now();
  while (Running(*instance) < 2) {
    ASSERT_THAT(instance->Turn(), IsOk());
    world->Advance(absl::Milliseconds(5));
    ASSERT_LT(world->cluster().now() - start, absl::Seconds(2));
  }
  EXPECT_FALSE(instance->processor->tasks().at(Partition(0))->running());
  EXPECT_FALSE(instance->processor->tasks().at(Partition(1))->running());
}

}  // namespace
}  // namespace exactmean
