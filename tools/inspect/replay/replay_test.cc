// A replay makes the bytes that the processor wrote.

#include "tools/inspect/replay/replay.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tests/world/function_step.h"
#include "tools/inspect/replay/replay_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Partition kFirst(0), kSecond(1);

CommittedView SnapshotsOf(PartitionState* state) {
  CommittedView view;
  state->VisitSnapshots([](absl::string_view) { return true; },
                        [&](absl::string_view key, absl::string_view snapshot) {
                          view[std::string(key)] = std::string(snapshot);
                        });
  return view;
}

TEST_F(ReplayTest, MakesTheStateThatTheProcessorCommitted) {
  for (int round = 0; round < 5; ++round) {
    world_.Produce(100);
    Drain();
  }
  const auto replayed =
      Fold({{kFirst, Offset(0), world_.model(kFirst).end()},
            {kSecond, Offset(0), world_.model(kSecond).end()}});
  ASSERT_THAT(replayed, IsOk());
  ASSERT_EQ(replayed->size(), 2u);
  for (const auto& [partition, of] : *replayed) {
    CommittedView committed = world_.watch(partition).view();
    results::Checkpoint checkpoint;
    ASSERT_THAT(
        DecodeCheckpoint(committed[std::string(kCheckpointKey)], &checkpoint),
        IsOk());
    committed.erase(std::string(kCheckpointKey));
    EXPECT_EQ(SnapshotsOf(of.state.get()), committed);
    EXPECT_EQ(of.bad_records, checkpoint.dispositions().skipped());
    EXPECT_THAT(of.stopped, IsEmpty());

    // All of it, and the checkpoint: but for who wrote it, and how often.
    const ChangeSet changes = of.state->Changes(checkpoint.writer());
    EXPECT_EQ(changes.size(), committed.size());
    results::Checkpoint again;
    ASSERT_THAT(DecodeCheckpoint(changes.checkpoint(), &again), IsOk());
    again.set_sequence(checkpoint.sequence());
    EXPECT_EQ(again.DebugString(), checkpoint.DebugString());
  }
}

TEST_F(ReplayTest, EndsWhereItIsTold) {
  Append(kFirst, "a", "1");
  Append(kFirst, "a", "2");
  Append(kFirst, "b", "3");
  const auto replayed = Fold({{kFirst, Offset(0), Offset(1)}});
  ASSERT_THAT(replayed, IsOk());
  const ReplayedPartition& of = replayed->at(kFirst);
  EXPECT_EQ(of.state->next_offset(), Offset(1));
  EXPECT_EQ(of.state->live_keys(), 1u);
  EXPECT_EQ(of.anchor->offset, Offset(0));
  EXPECT_EQ(of.anchor->checksum, RecordHash("a", "1"));
  EXPECT_EQ(of.records, 1u);
}

// A step that says `what` of the key "b", and else nothing but the number.
Reading WithStep(absl::StatusOr<absl::optional<Sample>> what) {
  Reading reading;
  reading.source.format = SourceSpec::Format::kNumber;
  reading.step.name = "step";
  reading.linked["step"] =
      [what](const StepSpec&) -> absl::StatusOr<std::unique_ptr<Step>> {
    return std::make_unique<FunctionStep>(
        [what](const StepRecord& record)
            -> absl::StatusOr<absl::optional<Sample>> {
          if (record.key == "b") return what;
          return *record.decoded;
        });
  };
  return reading;
}

TEST_F(ReplayTest, RecordsAreReadThroughTheStep) {
  Append(kFirst, "a", "1");
  Append(kFirst, "b", "2");
  Append(kFirst, "a", "3");
  const std::vector<Stretch> all = {{kFirst, Offset(0), Offset(3)}};
  FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
  ReplaySource source = Source();
  const auto fold = [&](absl::StatusOr<absl::optional<Sample>> what) {
    source.reading = WithStep(std::move(what));
    return Replay(source, &input, all, Options());
  };
  const auto filtered = fold(absl::optional<Sample>());
  ASSERT_THAT(filtered, IsOk());
  const auto& state = filtered->at(kFirst).state;
  EXPECT_EQ(state->dispositions().filtered(), 1u);
  EXPECT_EQ(state->dispositions().applied(), 2u);
  EXPECT_EQ(state->next_offset(), Offset(3));

  const auto refused = fold(absl::InvalidArgumentError("not you"));
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->at(kFirst).bad_records, 1u);
  EXPECT_THAT(refused->at(kFirst).first_bad, HasSubstr("not you"));

  const absl::Status later = fold(absl::UnavailableError("down")).status();
  EXPECT_TRUE(absl::IsUnavailable(later));
  EXPECT_THAT(later.message(), HasSubstr("partition 0, offset 1: down"));
  EXPECT_EQ(ReasonOf(fold(absl::InternalError("broken")).status()),
            StopReason::kStep);
  source.reading.linked.clear();
  EXPECT_EQ(ReasonOf(Replay(source, &input, all, Options()).status()),
            StopReason::kNoStep);
  // Nothing to read anew takes no step.
  EXPECT_THAT(Replay(source, &input, {}, Options()), IsOk());
}

TEST_F(ReplayTest, StopsWhereAProcessorWouldAndSaysSo) {
  Append(kFirst, "a", "1");
  Append(kFirst, "a", "bad");
  Append(kFirst, "a", "2");
  Append(kSecond, "b", "3");
  const std::vector<Stretch> both = {{kFirst, Offset(0), Offset(3)},
                                     {kSecond, Offset(0), Offset(1)}};
  const auto replayed = Fold(both, BadRecordPolicy::kStop);
  ASSERT_THAT(replayed, IsOk());
  const ReplayedPartition& stopped = replayed->at(kFirst);
  EXPECT_EQ(stopped.state->next_offset(), Offset(1));
  EXPECT_THAT(stopped.stopped, HasSubstr("offset 1"));
  EXPECT_EQ(replayed->at(kSecond).state->next_offset(), Offset(1));

  const auto skipping = Fold(both, BadRecordPolicy::kSkip);
  ASSERT_THAT(skipping, IsOk());
  EXPECT_EQ(skipping->at(kFirst).state->next_offset(), Offset(3));
  EXPECT_EQ(skipping->at(kFirst).bad_records, 1u);
  EXPECT_THAT(skipping->at(kFirst).first_bad, HasSubstr("offset 1"));
}

TEST_F(ReplayTest, HolesAreCountedAsTheProcessorCountsThem) {
  Append(kFirst, "a", "1");
  ForeignWriter aborted = world_.BeginForeign();
  world_.Append(kFirst, ToModelRecord("a", "9", 0), &aborted);
  world_.EndForeign(aborted, /*commit=*/false);
  Append(kFirst, "a", "2");
  // A marker at the end: passed with the next record, not before.
  ForeignWriter committed = world_.BeginForeign();
  world_.Append(kFirst, ToModelRecord("a", "3", 0), &committed);
  world_.EndForeign(committed, /*commit=*/true);
  Drain();
  const auto replayed = Fold({{kFirst, Offset(0), Offset(6)}});
  ASSERT_THAT(replayed, IsOk());
  const PartitionState& state = *replayed->at(kFirst).state;
  EXPECT_EQ(state.dispositions().absent(), 2u);
  EXPECT_EQ(state.next_offset(), Offset(5));
  EXPECT_EQ(state.next_offset(), world_.watch(kFirst).next());
}

TEST_F(ReplayTest, WhatIsNoLongerThereOrNotYetDecidedIsAnError) {
  Append(kFirst, "a", "1");
  Append(kFirst, "a", "2");
  ForeignWriter open = world_.BeginForeign();
  world_.Append(kFirst, ToModelRecord("a", "3", 0), &open);
  const auto held = Fold({{kFirst, Offset(0), Offset(3)}});
  EXPECT_TRUE(absl::IsUnavailable(held.status())) << held.status();
  EXPECT_THAT(held.status().message(), HasSubstr("to offset 2"));

  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(1));
  const auto gone = Fold({{kFirst, Offset(0), Offset(2)}});
  EXPECT_TRUE(absl::IsOutOfRange(gone.status())) << gone.status();
}

}  // namespace
}  // namespace exactmean
