// The state of any offset, from any log, is the fold of the input; or nothing.

#include "tools/inspect/past/state_at.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kFirst(0), kSecond(1);

CommittedView SnapshotsOf(PartitionState* state) {
  CommittedView view;
  state->VisitSnapshots([](absl::string_view) { return true; },
                        [&](absl::string_view key, absl::string_view snapshot) {
                          view[std::string(key)] = std::string(snapshot);
                        });
  return view;
}

class StateAtTest : public ReplayTest {
 protected:
  absl::StatusOr<std::map<Partition, StateAt>> Run(
      const std::map<Partition, AskedOffset>& asked) {
    FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    return ReadStatesAt(source_, {&results, &input, input_compacted_}, asked,
                        Options());
  }
  StateAt At(int64_t at) {
    auto states = Run({{kFirst, {Offset(at), ""}}});
    EXPECT_THAT(states, IsOk());
    return states.ok() ? std::move(states->at(kFirst)) : StateAt();
  }
  // Of the first partition, from its beginning.
  CommittedView Expected(int64_t at) {
    const auto folded = Fold({{kFirst, Offset(0), Offset(at)}});
    EXPECT_THAT(folded, IsOk());
    return SnapshotsOf(folded->at(kFirst).state.get());
  }
  FakePartition& results() { return world_.cluster().partition("out", kFirst); }
  FakePartition& input() { return world_.cluster().partition("in", kFirst); }
  // Six records, a commit each.
  void CommitSix() {
    for (const char* value : {"1", "2", "3", "4", "5", "6"}) {
      Append(kFirst, value == std::string("3") ? "b" : "a", value);
      Drain();
    }
  }

  ReplaySource source_ = Source(BadRecordPolicy::kStop);
  bool input_compacted_ = false;
};

TEST_F(StateAtTest, IsTheFoldAtEveryOffsetWhateverWasCompacted) {
  for (int round = 0; round < 8; ++round) {
    world_.Produce(25);
    Drain();
  }
  const int64_t end = world_.model(kFirst).end().value();
  std::map<AnswerLabel, int> labels;
  for (int64_t cut : {0, 20, 60, 1000}) {
    FakePartition::Compaction compaction;
    compaction.below = Offset(cut);
    results().Compact(compaction);
    for (int64_t at = 0; at <= end; at += 3) {
      const StateAt state = At(at);
      ASSERT_NE(state.state, nullptr) << at << " " << state.reason;
      EXPECT_EQ(SnapshotsOf(state.state.get()), Expected(at)) << cut << at;
      ++labels[state.label];
    }
  }
  EXPECT_GT(labels[AnswerLabel::kExact], 3);
  EXPECT_GT(labels[AnswerLabel::kReplayed], 3);
}

TEST_F(StateAtTest, TellsProvenFromReplayed) {
  CommitSix();
  EXPECT_EQ(At(3).label, AnswerLabel::kExact);
  results().Compact({});
  EXPECT_EQ(At(3).label, AnswerLabel::kReplayed);
  EXPECT_EQ(At(6).label, AnswerLabel::kExact);
  EXPECT_EQ(At(0).label, AnswerLabel::kExact);
}

TEST_F(StateAtTest, FoldsFromTheNewestProvenCheckpoint) {
  CommitSix();
  for (int i = 0; i < 2; ++i) Append(kFirst, "a", "9");
  Drain();  // in one commit
  input().DeleteBefore(Offset(6));
  const StateAt between = At(7);
  EXPECT_EQ(between.label, AnswerLabel::kReplayed);
  EXPECT_EQ(between.state->AveragesOf("a").back().count, 6u);
  EXPECT_EQ(between.state->dispositions().applied(), 7u);
  // Now it takes input that is gone.
  results().Compact({});
  const StateAt gone = At(7);
  EXPECT_EQ(gone.label, AnswerLabel::kUnavailable);
  EXPECT_EQ(gone.state, nullptr);
  EXPECT_THAT(gone.reason, HasSubstr("retained from offset 6"));
}

TEST_F(StateAtTest, ALogWithAForgedSnapshotProvesNothing) {
  CommitSix();
  const std::string checkpoint =
      world_.watch(kFirst).view().at(std::string(kCheckpointKey));
  world_.cluster().Produce("out", kFirst, "a", "forged");
  world_.cluster().Produce("out", kFirst, kCheckpointKey, checkpoint);
  const StateAt before = At(6);
  EXPECT_EQ(before.label, AnswerLabel::kExact);
  EXPECT_EQ(SnapshotsOf(before.state.get()), Expected(6));
  results().Compact({});
  const StateAt after = At(6);
  EXPECT_EQ(after.label, AnswerLabel::kReplayed);
  EXPECT_EQ(SnapshotsOf(after.state.get()), Expected(6));
}

TEST_F(StateAtTest, WhatWasBeforeARewindProvesNothing) {
  CommitSix();
  const CommittedView good = world_.watch(kFirst).view();
  const std::string key(kCheckpointKey);
  results::Checkpoint back;
  ASSERT_THAT(DecodeCheckpoint(good.at(key), &back), IsOk());
  back.set_next_offset(3);
  world_.cluster().Produce("out", kFirst, "a", "of a rewind, half compacted");
  world_.cluster().Produce("out", kFirst, key, EncodeResult(back));
  world_.cluster().Produce("out", kFirst, "a", good.at("a"));
  world_.cluster().Produce("out", kFirst, key, good.at(key));
  EXPECT_EQ(At(6).label, AnswerLabel::kExact);
  const StateAt before = At(5);
  EXPECT_EQ(before.label, AnswerLabel::kReplayed);
  EXPECT_EQ(SnapshotsOf(before.state.get()), Expected(5));
}

TEST_F(StateAtTest, ACompactedInputIsNotReplayed) {
  CommitSix();
  results().Compact({});
  input_compacted_ = true;
  EXPECT_EQ(At(3).label, AnswerLabel::kUnavailable);
  EXPECT_THAT(At(3).reason, HasSubstr("the input is compacted"));
  EXPECT_EQ(At(6).label, AnswerLabel::kExact);
}

TEST_F(StateAtTest, WhatCameByRetryTopicsIsNotReplayed) {
  CommitSix();
  results::Checkpoint last;
  ASSERT_THAT(
      DecodeCheckpoint(
          world_.watch(kFirst).view().at(std::string(kCheckpointKey)), &last),
      IsOk());
  last.set_sequence(last.sequence() + 1);
  last.mutable_dispositions()->set_applied(last.dispositions().applied() - 1);
  last.mutable_dispositions()->set_retried(1);
  last.mutable_retry_outcomes()->set_applied(1);
  world_.cluster().Produce("out", kFirst, kCheckpointKey, EncodeResult(last));
  // Restored as it is, but made by no fold.
  EXPECT_EQ(At(6).label, AnswerLabel::kExact);
  EXPECT_EQ(At(3).label, AnswerLabel::kExact);
  results().Compact({});
  EXPECT_EQ(At(6).label, AnswerLabel::kExact);
  EXPECT_EQ(At(3).label, AnswerLabel::kUnavailable);
  EXPECT_THAT(At(3).reason, HasSubstr("1 record went to retry topics"));
}

TEST_F(StateAtTest, BeyondTheLastCheckpoint) {
  CommitSix();
  const StateAt end = At(6);
  EXPECT_EQ(end.label, AnswerLabel::kExact);
  ForeignWriter aborted = world_.BeginForeign();
  world_.Append(kFirst, ToModelRecord("a", "9", 0), &aborted);
  world_.EndForeign(aborted, /*commit=*/false);
  // No record is there: it is the checkpoint's.
  const StateAt same = At(8);
  EXPECT_EQ(same.label, AnswerLabel::kExact);
  EXPECT_EQ(same.at, Offset(6));
  Append(kFirst, "a", "7");
  EXPECT_THAT(At(9).reason, HasSubstr("not folded in yet"));
  EXPECT_THAT(At(99).reason, HasSubstr("not folded in yet"));
}

TEST_F(StateAtTest, NothingThereYet) {
  Append(kFirst, "a", "1");
  const StateAt none = At(1);
  EXPECT_EQ(none.label, AnswerLabel::kExact);
  EXPECT_EQ(none.state->live_keys(), 0u);
  world_.cluster().Produce("out", kFirst, "a", "x");
  EXPECT_EQ(At(1).label, AnswerLabel::kUnavailable);
}

TEST_F(StateAtTest, EachPartitionByItself) {
  CommitSix();
  Append(kSecond, "c", "1");
  Drain();
  const auto states =
      Run({{kFirst, {Offset(4), ""}}, {kSecond, {Offset(0), "nobody knows"}}});
  ASSERT_THAT(states, IsOk());
  EXPECT_EQ(states->at(kFirst).label, AnswerLabel::kExact);
  EXPECT_EQ(states->at(kSecond).label, AnswerLabel::kUnavailable);
  EXPECT_EQ(states->at(kSecond).reason, "nobody knows");
}

TEST_F(StateAtTest, AnotherConfigurationsStateIsRefused) {
  CommitSix();
  StateSpec spec = LastAndAll();
  spec.windows[0].size = 77;
  const Pipeline other(spec, world_.pipeline().identity);
  source_.pipeline = &other;
  const absl::Status refused = Run({{kFirst, {Offset(3), ""}}}).status();
  EXPECT_EQ(ReasonOf(refused), StopReason::kConfig);
  EXPECT_THAT(refused.message(), HasSubstr("size=77"));
}

}  // namespace
}  // namespace exactmean
