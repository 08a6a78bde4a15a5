// Where a rewind goes, and what it writes to get there.

#include "tools/inspect/rewind/rewind_plan.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/delivery_mode.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

StateSpec Spec(uint32_t size) {
  StateSpec spec;
  spec.source = "number";
  WindowSpec window;
  window.name = "last";
  window.kind = WindowSpec::Kind::kCount;
  window.size = size;
  spec.windows.push_back(window);
  return spec;
}

// A log of results, and the states that were written to it.
class RewindPlanTest : public ::testing::Test {
 protected:
  // fold(n) of an input whose offset i is the value i under key "k" + i mod 3;
  // from offset 6 on there is the key "late", too.
  std::unique_ptr<PartitionState> Fold(const Pipeline& pipeline, int64_t n) {
    auto state = std::make_unique<PartitionState>(&pipeline, Partition(0));
    state->StartEmpty(Offset(0));
    for (int64_t i = 0; i < n; ++i) {
      const std::string key = i >= 6 ? "late" : "k" + std::to_string(i % 3);
      state->Apply(Offset(i), key,
                   Sample{static_cast<double>(i), EventTime(i)});
    }
    return state;
  }
  void Put(absl::string_view key, absl::optional<absl::string_view> value) {
    if (value.has_value()) {
      log_[std::string(key)] = std::string(*value);
    } else {
      log_.erase(std::string(key));
    }
    live_.Accept({Partition(0), Offset(end_++), 0, key, value});
  }
  // As a processor does.
  void Commit(PartitionState* state) {
    const ChangeSet changes = state->Changes("app/a-0");
    for (const ChangeSet::Segment& segment : changes.segments()) {
      Put(segment.key, segment.value);
    }
    for (size_t i = 0; i < changes.size(); ++i) {
      Put(changes.key(i), changes.value(i));
    }
    Put(kCheckpointKey, changes.checkpoint());
    state->MarkCommitted();
  }
  // As Rewind does.
  void Write(const PartitionRewind& plan) {
    for (const size_t i : plan.changed_segments) {
      const ChangeSet::Segment& segment = plan.changes.segments()[i];
      Put(segment.key, segment.value);
    }
    for (const std::string& key : plan.deleted_segments)
      Put(key, absl::nullopt);
    for (const size_t i : plan.changed) {
      Put(plan.changes.key(i), plan.changes.value(i));
    }
    for (const std::string& key : plan.deleted) Put(key, absl::nullopt);
    Put(kCheckpointKey, absl::string_view(plan.checkpoint));
  }
  absl::StatusOr<PartitionRewind> Plan(const Pipeline& pipeline, int64_t n) {
    ReplayedPartition replayed;
    replayed.state = Fold(pipeline, n);
    return PlanRewind(live_, std::move(replayed), Offset(n), "app/rewind");
  }
  // What a start makes of the log; its next offset.
  absl::StatusOr<Offset> Restore(const Pipeline& pipeline) {
    PartitionState state(&pipeline, Partition(0));
    for (const auto& [key, value] : log_) {
      const absl::Status status = state.Restore(key, absl::string_view(value));
      if (!status.ok()) return status;
    }
    const auto restored = state.FinishRestore();
    if (!restored.ok()) return restored.status();
    return state.next_offset();
  }

  const Pipeline pipeline_{Spec(3), {"app", "in", 1}};
  const Pipeline other_{Spec(2), {"app", "in", 1}};
  std::map<std::string, std::string> log_;
  PartitionFold live_;
  int64_t end_ = 0;
};

TEST_F(RewindPlanTest, WritesTheDifferenceAndRestores) {
  const auto now = Fold(pipeline_, 9);
  Commit(now.get());
  const auto plan = Plan(pipeline_, 4);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->changed.size(), 2u);  // k1 and k2; k0 is as it was
  EXPECT_THAT(plan->deleted, ElementsAre("late"));
  EXPECT_EQ(plan->keys_before, 4u);
  EXPECT_EQ(plan->keys_after, 3u);
  EXPECT_EQ(plan->sequence, 2u);
  EXPECT_FALSE(plan->reconfigured);
  Write(*plan);
  EXPECT_THAT(Restore(pipeline_), IsOkAndHolds(Offset(4)));
  EXPECT_EQ(live_.checkpoint()->writer(), "app/rewind");
  EXPECT_EQ(live_.checkpoint()->sequence(), 2u);
  EXPECT_TRUE(live_.DigestVerified());
}

TEST_F(RewindPlanTest, ToTheVeryBeginning) {
  const auto now = Fold(pipeline_, 9);
  Commit(now.get());
  const auto plan = Plan(pipeline_, 0);
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(plan->changed, IsEmpty());
  EXPECT_EQ(plan->deleted.size(), 4u);
  Write(*plan);
  EXPECT_THAT(Restore(pipeline_), IsOkAndHolds(Offset(0)));
}

TEST_F(RewindPlanTest, ToWhereItIsRepairsTheState) {
  const auto now = Fold(pipeline_, 9);
  Commit(now.get());
  const auto nothing = Plan(pipeline_, 9);
  ASSERT_THAT(nothing, IsOk());
  EXPECT_EQ(nothing->records(), 1u);
  Put("k0", "no snapshot");
  Put("foreign", "no snapshot");
  EXPECT_THAT(Restore(pipeline_), Not(IsOk()));
  const auto plan = Plan(pipeline_, 9);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->changed.size(), 1u);
  EXPECT_THAT(plan->deleted, ElementsAre("foreign"));
  Write(*plan);
  EXPECT_THAT(Restore(pipeline_), IsOkAndHolds(Offset(9)));
}

TEST_F(RewindPlanTest, LongWindows) {
  StateSpec spec = Spec(12);
  spec.segment_samples = 2;
  const Pipeline pipeline(spec, {"app", "in", 1});
  const auto now = Fold(pipeline, 60);
  Commit(now.get());
  EXPECT_GT(live_.segments().size(), 4u);
  for (const int64_t to : {40, 9}) {
    const auto plan = Plan(pipeline, to);
    ASSERT_THAT(plan, IsOk());
    EXPECT_GT(plan->changed_segments.size() + plan->deleted_segments.size(),
              0u);
    Write(*plan);
    EXPECT_THAT(Restore(pipeline), IsOkAndHolds(Offset(to)));
    EXPECT_TRUE(live_.DigestVerified());
  }
}

TEST_F(RewindPlanTest, UnderAnotherConfiguration) {
  const auto now = Fold(pipeline_, 9);
  Commit(now.get());
  const auto plan = Plan(other_, 5);
  ASSERT_THAT(plan, IsOk());
  EXPECT_TRUE(plan->reconfigured);
  Write(*plan);
  EXPECT_THAT(Restore(other_), IsOkAndHolds(Offset(5)));
  Terminal terminal;
  terminal.colour = true;
  EXPECT_THAT(
      RewindText({*plan}, terminal),
      AllOf(HasSubstr("\x1b[1mPARTITION"), HasSubstr("another configuration")));
}

TEST_F(RewindPlanTest, ABadRecordThatStopsIsNoWayToGo) {
  const auto now = Fold(pipeline_, 9);
  Commit(now.get());
  ReplayedPartition replayed;
  replayed.state = Fold(pipeline_, 4);
  replayed.stopped = "the record at offset 4 is bad";
  const auto plan =
      PlanRewind(live_, std::move(replayed), Offset(6), "app/rewind");
  EXPECT_EQ(ReasonOf(plan.status()), StopReason::kBadRecord);
}

TEST(ResolveGoalTest, BoundsAreNamed) {
  results::Checkpoint at;
  at.set_start_offset(10);
  at.set_next_offset(50);
  const OffsetRange input = {Offset(5), Offset(60)};
  RewindGoal goal;
  EXPECT_THAT(ResolveGoal(goal, at, input), IsOkAndHolds(Offset(10)));
  goal.kind = RewindGoal::Kind::kOffset;
  goal.offset = Offset(50);
  EXPECT_THAT(ResolveGoal(goal, at, input), IsOkAndHolds(Offset(50)));
  goal.offset = Offset(51);
  EXPECT_THAT(ResolveGoal(goal, at, input).status().message(),
              HasSubstr("51 lies ahead of it"));
  goal.offset = Offset(9);
  EXPECT_THAT(ResolveGoal(goal, at, input).status().message(),
              HasSubstr("began at offset 10"));
  goal.kind = RewindGoal::Kind::kTime;
  goal.at = Offset(20);
  EXPECT_THAT(ResolveGoal(goal, at, input), IsOkAndHolds(Offset(20)));
  goal.at = Offset(3);  // before it began
  EXPECT_THAT(ResolveGoal(goal, at, input), IsOkAndHolds(Offset(10)));
  goal.at = absl::nullopt;  // no record is as late
  EXPECT_THAT(ResolveGoal(goal, at, input), IsOkAndHolds(Offset(50)));
  EXPECT_THAT(
      ResolveGoal(goal, at, {Offset(11), Offset(60)}).status().message(),
      HasSubstr("before 11 is no longer retained"));
  EXPECT_THAT(ResolveGoal(goal, at, {Offset(5), Offset(40)}).status().message(),
              HasSubstr("made anew"));
}

// --to_earliest is how one starts over: where that is no way, it says so.
TEST(ResolveGoalTest, StartingOverTakesAllOfTheInput) {
  results::Checkpoint at;
  at.set_start_offset(10);
  at.set_next_offset(50);
  const RewindGoal earliest;
  EXPECT_THAT(ResolveGoal(earliest, at, {Offset(10), Offset(60)}),
              IsOkAndHolds(Offset(10)));
  const auto gone = ResolveGoal(earliest, at, {Offset(11), Offset(60)});
  EXPECT_EQ(ReasonOf(gone.status()), StopReason::kConfig);
  EXPECT_THAT(gone.status().message(),
              AllOf(HasSubstr("before 11 is no longer retained"),
                    HasSubstr("use a new application_id and results topic")));
}

TEST(ResolveGoalTest, WithoutTransactionsThereIsNoWayBack) {
  results::Checkpoint at;
  at.set_next_offset(50);
  for (const DeliveryMode mode :
       {DeliveryMode::kAtLeastOnce, DeliveryMode::kAtMostOnce}) {
    at.set_delivery(ToProto(mode));
    const auto refused = ResolveGoal(RewindGoal(), at, {Offset(0), Offset(60)});
    EXPECT_EQ(ReasonOf(refused.status()), StopReason::kConfig);
    EXPECT_THAT(refused.status().message(),
                AllOf(HasSubstr(std::string(ToString(mode))),
                      HasSubstr("under EXACTLY_ONCE once")));
  }
}

}  // namespace
}  // namespace exactmean
