// Where a run over a part of the input ends.

#include <memory>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/input_position.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/numbers_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// Turns until it is finished, fails, or `turns` are over.
absl::Status RunToTheEnd(Instance* instance, int turns = 500) {
  for (int i = 0; i < turns; ++i) {
    const absl::Status status = instance->Turn();
    if (!status.ok() || instance->processor->finished()) return status;
  }
  return absl::DeadlineExceededError("not finished");
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

// Retention follows a run from its beginning on.
TEST(BoundedRunsTest, OneFromATimeGoesOnThoughItsBeginningIsDeleted) {
  World world(StartingAt(InputPosition::At(absl::UnixEpoch())));
  AppendNumbers(&world, 0, 20);
  auto& input = world.cluster().partition("in", kOnly);
  InstanceOptions options;
  options.end = InputPosition::At({{kOnly, Offset(12)}});
  auto instance = world.Make(options);
  ASSERT_THAT(RunToTheEnd(instance.get()), IsOk());
  instance.reset();
  world.group().Expire("a");
  input.DeleteBefore(Offset(7));
  options.end = InputPosition::At({{kOnly, Offset(20)}});
  instance = world.Make(options);
  ASSERT_THAT(RunToTheEnd(instance.get()), IsOk());
  EXPECT_EQ(StartOf(*instance), Offset(0));
  instance.reset();
  world.group().Expire("a");
  // Another time, of which there is more than what was deleted.
  options.fresh = InputPosition::At(TimeOf(10));
  instance = world.Make(options);
  const absl::Status other = RunToTheEnd(instance.get());
  EXPECT_EQ(ReasonOf(other), StopReason::kConfig) << other;
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
