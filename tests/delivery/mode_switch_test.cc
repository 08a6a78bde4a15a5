// The mode of an application may be changed between runs, from each to each:
// after an orderly stop always, after a crash as the table of
// docs/delivery-modes.md says. And what becomes of a former owner's writes.

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tests/world/reference.h"
#include "tests/world/view_check.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kPartition(0);
constexpr DeliveryMode kModes[] = {DeliveryMode::kExactlyOnce,
                                   DeliveryMode::kAtLeastOnce,
                                   DeliveryMode::kAtMostOnce};

InstanceOptions Options(DeliveryMode mode) {
  InstanceOptions options;
  options.delivery.mode = mode;
  options.delivery.commits = CommitStyle::kSync;
  return options;
}

class ModeSwitchTest : public ::testing::Test {
 protected:
  ModeSwitchTest() : world_(MakeOptions()) {}
  static WorldOptions MakeOptions() {
    WorldOptions options;
    options.partitions = 1;
    return options;
  }

  // Turns until it has committed everything, or fails.
  absl::Status RunToEnd(Instance* instance) {
    for (int i = 0; i < 200; ++i) {
      const absl::Status status = instance->Turn();
      if (!status.ok()) return status;
      world_.Advance(absl::Milliseconds(300));
    }
    const auto& tasks = instance->processor->tasks();
    const auto task = tasks.find(kPartition);
    if (task == tasks.end() || !task->second->running()) {
      return absl::DeadlineExceededError("it does not run");
    }
    const PartitionState& state = task->second->state();
    const Offset end = world_.cluster().partition("in", kPartition).high();
    return state.next_offset() == end && !state.changed()
               ? absl::OkStatus()
               : absl::DeadlineExceededError("it has not come to the end");
  }
  void Expire() { world_.group().Expire("a"); }

  // Is what a reader sees now the fold of all records?
  absl::Status CheckView() {
    CommittedView view;
    world_.cluster()
        .partition("out", kPartition)
        .ReadCommitted(Offset(0), SIZE_MAX, [&](const FakeRecord& record) {
          if (record.value.has_value()) {
            view[*record.key] = *record.value;
          } else {
            view.erase(*record.key);
          }
        });
    Model& model = world_.model(kPartition);
    while (model.end() < world_.cluster().partition("in", kPartition).high()) {
      model.AppendAbsent();
    }
    Offset next;
    const absl::Status right = exactmean::CheckView(model, view, &next);
    if (!right.ok()) return right;
    return CheckAgainstOneGo(world_.pipeline(), kPartition, model, Offset(0),
                             next, view);
  }
  results::Checkpoint LastCheckpoint() {
    results::Checkpoint checkpoint;
    world_.cluster()
        .partition("out", kPartition)
        .ReadCommitted(Offset(0), SIZE_MAX, [&](const FakeRecord& record) {
          if (*record.key == "__exactmean/checkpoint") {
            EXPECT_TRUE(DecodeCheckpoint(*record.value, &checkpoint).ok());
          }
        });
    return checkpoint;
  }
  // An instance that dies at the nth call of its kind after it has caught up.
  void CrashAt(const InstanceOptions& options, SeamCall call, int64_t nth) {
    auto instance = world_.Make(options);
    ASSERT_THAT(RunToEnd(instance.get()), IsOk());
    world_.Produce(12);
    instance->plan.Set(call, instance->plan.calls(call) + nth,
                       Fault::CrashBefore());
    EXPECT_FALSE(RunToEnd(instance.get()).ok());
    ASSERT_TRUE(instance->plan.dead());
    Expire();
  }

  World world_;
};

TEST_F(ModeSwitchTest, EachToEachAfterAnOrderlyStop) {
  for (const DeliveryMode from : kModes) {
    for (const DeliveryMode to : kModes) {
      for (const DeliveryMode mode : {from, to}) {
        world_.Produce(20);
        auto instance = world_.Make(Options(mode));
        ASSERT_THAT(RunToEnd(instance.get()), IsOk())
            << ToString(from) << " to " << ToString(to);
        EXPECT_THAT(instance->processor->Shutdown(), IsOk());
        EXPECT_THAT(CheckView(), IsOk())
            << ToString(from) << " to " << ToString(to);
        EXPECT_EQ(ModeOf(LastCheckpoint()), mode);
        EXPECT_EQ(world_.group().LastCommitted(kPartition),
                  Offset(LastCheckpoint().next_offset()));
        Expire();
      }
    }
  }
}

// A step half written is passed by the successor, of whatever mode, before it
// writes anything.
TEST_F(ModeSwitchTest, FromAtLeastOnceAfterACrash) {
  for (const DeliveryMode to : kModes) {
    world_.Produce(20);
    CrashAt(Options(DeliveryMode::kAtLeastOnce), SeamCall::kWrite, 3);
    InstanceOptions options = Options(to);
    options.max_poll_records = 1;
    auto next = world_.Make(options);
    const uint64_t before = LastCheckpoint().sequence();
    for (int turn = 0; turn < 60; ++turn) {
      ASSERT_THAT(next->Turn(), IsOk());
      world_.Advance(absl::Milliseconds(300));
      // A record at a time: each commit is of a state that the input gives.
      if (LastCheckpoint().sequence() > before) {
        EXPECT_THAT(CheckView(), IsOk()) << ToString(to) << ", turn " << turn;
      }
    }
    ASSERT_THAT(RunToEnd(next.get()), IsOk()) << ToString(to);
    EXPECT_THAT(next->processor->Shutdown(), IsOk());
    EXPECT_THAT(CheckView(), IsOk()) << ToString(to);
    EXPECT_EQ(LastCheckpoint().dispositions().lost(), 0u);
    Expire();
  }
}

TEST_F(ModeSwitchTest, FromAtMostOnceAfterACrashIsRefusedWithTheReason) {
  world_.Produce(20);
  CrashAt(Options(DeliveryMode::kAtMostOnce), SeamCall::kWrite, 2);
  for (const DeliveryMode to :
       {DeliveryMode::kExactlyOnce, DeliveryMode::kAtLeastOnce}) {
    auto next = world_.Make(Options(to));
    const absl::Status refused = RunToEnd(next.get());
    EXPECT_THAT(refused,
                StatusIs(testing::_, HasSubstr("under AT_MOST_ONCE died")));
    EXPECT_EQ(ReasonOf(refused), StopReason::kState);
    Expire();
  }
  // The way out that it names.
  auto same = world_.Make(Options(DeliveryMode::kAtMostOnce));
  ASSERT_THAT(RunToEnd(same.get()), IsOk());
  EXPECT_THAT(same->processor->Shutdown(), IsOk());
  EXPECT_GT(LastCheckpoint().dispositions().lost(), 0u);
  Expire();
  auto exactly = world_.Make(Options(DeliveryMode::kExactlyOnce));
  world_.Produce(5);
  EXPECT_THAT(RunToEnd(exactly.get()), IsOk());
}

// The other way out: the records are read again. The guard knows what was
// written of them.
TEST_F(ModeSwitchTest, FromAtMostOnceWithTheOffsetSetBack) {
  world_.Produce(20);
  CrashAt(Options(DeliveryMode::kAtMostOnce), SeamCall::kWrite, 3);
  world_.group().SetCommitted(kPartition,
                              Offset(LastCheckpoint().next_offset()));
  auto next = world_.Make(Options(DeliveryMode::kExactlyOnce));
  ASSERT_THAT(RunToEnd(next.get()), IsOk());
  EXPECT_THAT(CheckView(), IsOk());
}

TEST_F(ModeSwitchTest, FromExactlyOnceAfterACrash) {
  for (const DeliveryMode to :
       {DeliveryMode::kAtLeastOnce, DeliveryMode::kAtMostOnce}) {
    world_.Produce(20);
    CrashAt(Options(DeliveryMode::kExactlyOnce), SeamCall::kWrite, 3);
    world_.Advance(absl::Seconds(20));  // its transaction times out
    auto next = world_.Make(Options(to));
    ASSERT_THAT(RunToEnd(next.get()), IsOk());
    EXPECT_THAT(next->processor->Shutdown(), IsOk());
    EXPECT_THAT(CheckView(), IsOk());
    Expire();
  }
}

// No broker holds a former owner back from writing. Its successor notices that
// it did, and the log comes right.
TEST_F(ModeSwitchTest, AFormerOwnerThatWritesLateIsNoticed) {
  InstanceOptions options = Options(DeliveryMode::kAtLeastOnce);
  options.is_static = false;
  world_.Produce(20);
  auto former = world_.Make(options);
  ASSERT_THAT(RunToEnd(former.get()), IsOk());
  options.name = "b";
  auto owner = world_.Make(options);
  bool taken_over = false;
  // It stands still between two writes, for longer than its session.
  former->plan.set_chooser([&](SeamCall call, int64_t) {
    if (call == SeamCall::kWrite && !taken_over) {
      taken_over = true;
      Expire();
      EXPECT_THAT(RunToEnd(owner.get()), IsOk());
      world_.Produce(10);
      EXPECT_THAT(RunToEnd(owner.get()), IsOk());
    }
    return Fault();
  });
  world_.Produce(10);
  EXPECT_THAT(former->Turn(), IsOk());  // polls
  for (int i = 0; i < 5 && !taken_over; ++i) {
    EXPECT_THAT(former->Turn(), IsOk());
  }
  ASSERT_TRUE(taken_over);
  EXPECT_FALSE(CheckView().ok()) << "its last words were as new as any";
  EXPECT_THAT(RunToEnd(owner.get()), IsOk());
  EXPECT_THAT(CheckView(), IsOk());
  EXPECT_GT(owner->processor->stats().recoveries, 0u);
}

}  // namespace
}  // namespace exactmean
