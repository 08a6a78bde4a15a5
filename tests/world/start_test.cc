// Where reading starts, and where a run over a part of the input ends.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/input_position.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kOnly(0);

WorldOptions StartingAt(InputPosition start) {
  WorldOptions options;
  options.fresh = std::move(start);
  return options;
}

// A number under key "k"; record i has it for its value, and its timestamp.
void AppendNumbers(World* world, int from, int to,
                   ForeignWriter* foreign = nullptr) {
  for (int i = from; i < to; ++i) {
    ModelRecord record;
    record.kind = ModelRecord::Kind::kValue;
    record.key = "k";
    record.value = i;
    record.text = std::to_string(i);
    world->Append(kOnly, record, foreign);
  }
}

Offset StartOf(const Instance& instance) {
  const auto& state = instance.processor->tasks().at(kOnly)->state();
  return Offset(state.checkpoint()->start_offset());
}

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

// Turns until it is finished, fails, or `turns` are over.
absl::Status RunToTheEnd(Instance* instance, int turns = 500) {
  for (int i = 0; i < turns; ++i) {
    const absl::Status status = instance->Turn();
    if (!status.ok() || instance->processor->finished()) return status;
  }
  return absl::DeadlineExceededError("not finished");
}

TEST(StartTest, AtOffsets) {
  World world(StartingAt(InputPosition::At({{kOnly, Offset(12)}})));
  AppendNumbers(&world, 0, 20);
  const auto instance = world.Make(InstanceOptions());
  ASSERT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_EQ(StartOf(*instance), Offset(12));
}

TEST(StartTest, AtATime) {
  World probe(WorldOptions{});
  AppendNumbers(&probe, 0, 20);
  const auto& records =
      (*probe.cluster().FindPartition("in", kOnly))->records();
  const int64_t first_ms = records[12].timestamp_ms;
  size_t expected = 0;
  while (records[expected].timestamp_ms < first_ms) ++expected;

  World world(StartingAt(InputPosition::At(absl::FromUnixMillis(first_ms))));
  AppendNumbers(&world, 0, 20);
  const auto instance = world.Make(InstanceOptions());
  ASSERT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_EQ(StartOf(*instance), records[expected].offset);
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

class BoundedRunTest : public ::testing::Test {
 protected:
  absl::Status Run(InputPosition end) {
    InstanceOptions options;
    options.end = std::move(end);
    instance_ = world_.Make(options);
    return RunToTheEnd(instance_.get());
  }
  Offset NextOffset() const {
    return instance_->processor->tasks().at(kOnly)->state().next_offset();
  }

  Offset NextOffsetOrNone() const {
    const auto& tasks = instance_->processor->tasks();
    return tasks.count(kOnly) > 0 && tasks.at(kOnly)->running() ? NextOffset()
                                                                : Offset(-1);
  }

  World world_{WorldOptions()};
  std::unique_ptr<Instance> instance_;
};

TEST_F(BoundedRunTest, EndsBeforeItsOffset) {
  AppendNumbers(&world_, 0, 50);
  ASSERT_THAT(Run(InputPosition::At({{kOnly, Offset(31)}})), IsOk());
  EXPECT_EQ(NextOffset(), Offset(31));
  EXPECT_THAT(world_.Check(), IsOk());
  EXPECT_EQ(world_.group().Committed(kOnly).value(), Offset(31));
}

TEST_F(BoundedRunTest, EndsWithTheInputAsItWas) {
  AppendNumbers(&world_, 0, 50);
  InstanceOptions options;
  options.end = InputPosition::Latest();
  instance_ = world_.Make(options);
  while (NextOffsetOrNone() < Offset(7)) {
    ASSERT_THAT(instance_->Turn(), IsOk());
  }
  AppendNumbers(&world_, 50, 90);
  ASSERT_THAT(RunToTheEnd(instance_.get()), IsOk());
  EXPECT_EQ(NextOffset(), Offset(50));
  EXPECT_THAT(world_.Check(), IsOk());
}

TEST_F(BoundedRunTest, EndsThoughNothingButMarkersIsLeft) {
  AppendNumbers(&world_, 0, 10);
  ForeignWriter aborted = world_.BeginForeign();
  AppendNumbers(&world_, 10, 15, &aborted);
  world_.EndForeign(aborted, /*commit=*/false);
  ASSERT_THAT(Run(InputPosition::Latest()), IsOk());
  EXPECT_EQ(NextOffset(), Offset(10));
}

TEST_F(BoundedRunTest, WaitsForATransactionThatIsOpenBeforeItsEnd) {
  AppendNumbers(&world_, 0, 10);
  ForeignWriter open = world_.BeginForeign();
  AppendNumbers(&world_, 10, 15, &open);
  ASSERT_THAT(Run(InputPosition::At({{kOnly, Offset(14)}})),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  world_.EndForeign(open, /*commit=*/true);
  ASSERT_THAT(RunToTheEnd(instance_.get()), IsOk());
  EXPECT_EQ(NextOffset(), Offset(14));
  EXPECT_THAT(world_.Check(), IsOk());
}

TEST_F(BoundedRunTest, GoesOnWhereAKilledOneWas) {
  AppendNumbers(&world_, 0, 50);
  const InputPosition end = InputPosition::At({{kOnly, Offset(31)}});
  InstanceOptions options;
  options.end = end;
  instance_ = world_.Make(options);
  while (NextOffsetOrNone() < Offset(14)) {
    ASSERT_THAT(instance_->Turn(), IsOk());
  }
  instance_.reset();
  world_.group().Expire("a");
  ASSERT_THAT(Run(end), IsOk());
  EXPECT_EQ(NextOffset(), Offset(31));
  EXPECT_THAT(world_.Check(), IsOk());
  // Again: there is nothing left to do.
  world_.group().Expire("a");
  ASSERT_THAT(Run(end), IsOk());
  EXPECT_EQ(NextOffset(), Offset(31));
}

TEST_F(BoundedRunTest, RecoversWithinAndStillEnds) {
  AppendNumbers(&world_, 0, 50);
  InstanceOptions options;
  options.end = InputPosition::At({{kOnly, Offset(31)}});
  instance_ = world_.Make(options);
  instance_->plan.Set(SeamCall::kCommit, 5,
                      Fault::FailBefore(absl::UnknownError("x")));
  ASSERT_THAT(RunToTheEnd(instance_.get()), IsOk());
  EXPECT_GE(instance_->processor->stats().recoveries, 1u);
  EXPECT_EQ(NextOffset(), Offset(31));
  EXPECT_THAT(world_.Check(), IsOk());
}

TEST_F(BoundedRunTest, RefusesAnEndThatLiesBehind) {
  AppendNumbers(&world_, 0, 50);
  ASSERT_THAT(Run(InputPosition::At({{kOnly, Offset(31)}})), IsOk());
  world_.group().Expire("a");
  const absl::Status behind = Run(InputPosition::At({{kOnly, Offset(30)}}));
  EXPECT_EQ(ReasonOf(behind), StopReason::kConfig);
  EXPECT_THAT(behind.message(), HasSubstr("it is at 31 already"));
}

TEST(BoundedRunsTest, OneThatBeganElsewhereIsAnothers) {
  InstanceOptions options;
  options.end = InputPosition::Latest();
  World first(StartingAt(InputPosition::At({{kOnly, Offset(5)}})));
  AppendNumbers(&first, 0, 20);
  auto instance = first.Make(options);
  ASSERT_THAT(RunToTheEnd(instance.get()), IsOk());
  instance.reset();
  first.group().Expire("a");
  instance = first.Make(options);
  EXPECT_THAT(RunToTheEnd(instance.get()), IsOk()) << "the same again";
  instance.reset();
  first.group().Expire("a");
  options.fresh = InputPosition::At({{kOnly, Offset(6)}});
  instance = first.Make(options);
  const absl::Status other = RunToTheEnd(instance.get());
  EXPECT_EQ(ReasonOf(other), StopReason::kConfig);
  EXPECT_THAT(other.message(), HasSubstr("holds one that began at 5"));
}

TEST_F(BoundedRunTest, RefusesAnEndThatIsNotThere) {
  AppendNumbers(&world_, 0, 10);
  const absl::Status beyond = Run(InputPosition::At({{kOnly, Offset(11)}}));
  EXPECT_EQ(ReasonOf(beyond), StopReason::kConfig);
  EXPECT_THAT(beyond.message(), HasSubstr("ends before 10"));
  instance_.reset();
  world_.group().Expire("a");
  const absl::Status unnamed =
      Run(InputPosition::At({{Partition(3), Offset(1)}}));
  EXPECT_EQ(ReasonOf(unnamed), StopReason::kConfig);
  EXPECT_THAT(unnamed.message(), HasSubstr("no offset for partition 0"));
}

}  // namespace
}  // namespace exactmean
