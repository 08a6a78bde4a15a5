// Where reading starts.

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/input_position.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/numbers_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// Turns until all is committed. The world's own checks know no offset that
// another program has committed.
absl::Status RunUntilCommitted(Instance* instance, Offset next) {
  for (int i = 0; i < 500; ++i) {
    const absl::Status status = instance->Turn();
    if (!status.ok()) return status;
    const auto& tasks = instance->processor->tasks();
    if (tasks.empty() || !tasks.at(kOnly)->running()) continue;
    const PartitionState& state = tasks.at(kOnly)->state();
    if (state.next_offset() == next && !state.changed()) return status;
  }
  return absl::DeadlineExceededError("not committed");
}

TEST(StartTest, AtOffsets) {
  World world(StartingAt(InputPosition::At({{kOnly, Offset(12)}})));
  AppendNumbers(&world, 0, 20);
  const auto instance = world.Make(InstanceOptions());
  ASSERT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_EQ(StartOf(*instance), Offset(12));
}

TEST(StartTest, AtATime) {
  World world(
      StartingAt(InputPosition::At(TimeOf(12) - absl::Milliseconds(1))));
  AppendNumbers(&world, 0, 20);
  const auto instance = world.Make(InstanceOptions());
  ASSERT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_EQ(StartOf(*instance), Offset(12));
}

// It is the latest of when it was first asked for, whatever becomes of the
// first commit, and no record is read before that is written down.
TEST(StartTest, TheLatestIsDecidedOnce) {
  World world(StartingAt(InputPosition::Latest()));
  AppendNumbers(&world, 0, 10);
  const auto instance = world.Make(InstanceOptions());
  instance->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call != SeamCall::kCommit || instance->plan.calls(call) > 1) {
      return Fault();
    }
    EXPECT_EQ(instance->processor->stats().records, 0u);
    AppendNumbers(&world, 10, 20);
    return Fault::FailBefore(absl::UnknownError("x"));
  });
  ASSERT_THAT(RunUntilCommitted(instance.get(), Offset(20)), IsOk());
  EXPECT_GE(instance->processor->stats().recoveries, 1u);
  EXPECT_EQ(StartOf(*instance), Offset(10));
}

// A record of that time that comes while it is looked for is not before it.
TEST(StartTest, ATimeThatNoRecordHasReached) {
  World world(StartingAt(InputPosition::At(TimeOf(10))));
  AppendNumbers(&world, 0, 10);
  const auto instance = world.Make(InstanceOptions());
  instance->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call == SeamCall::kRange && instance->plan.calls(call) == 2) {
      AppendNumbers(&world, 10, 11);
    }
    return Fault();
  });
  ASSERT_THAT(RunUntilCommitted(instance.get(), Offset(11)), IsOk());
  EXPECT_EQ(StartOf(*instance), Offset(10));
}

TEST(StartTest, WhereAnotherProgramHasStopped) {
  World world(StartingAt(InputPosition::Committed()));
  AppendNumbers(&world, 0, 20);
  world.group().SetCommitted(kOnly, Offset(7));
  const auto instance = world.Make(InstanceOptions());
  ASSERT_THAT(RunUntilCommitted(instance.get(), Offset(20)), IsOk());
  EXPECT_EQ(StartOf(*instance), Offset(7));
  // From now on the offsets are ours: without the state they are refused.
  EXPECT_EQ(world.group().Note(kOnly), kOffsetNote);
}

TEST(StartTest, OurOwnOffsetsWithoutTheirStateAreRefused) {
  for (const absl::string_view note : {kOffsetNote, absl::string_view()}) {
    World world{WorldOptions()};
    AppendNumbers(&world, 0, 20);
    world.group().SetCommitted(kOnly, Offset(7), note);
    const auto instance = world.Make(InstanceOptions());
    const absl::Status status = RunUntilCommitted(instance.get(), Offset(20));
    EXPECT_EQ(ReasonOf(status), StopReason::kState);
    EXPECT_THAT(status.message(),
                HasSubstr(note.empty() ? "another program has committed"
                                       : "the results topic holds no state"));
  }
}

}  // namespace
}  // namespace exactmean
