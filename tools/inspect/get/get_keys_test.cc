// Keys, now and then, with the right label.

#include "tools/inspect/get/get_keys.h"

#include <string>
#include <vector>

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
using ::testing::SizeIs;

constexpr Partition kFirst(0), kSecond(1);

class GetKeysTest : public ReplayTest {
 protected:
  // Six commits of key "a", and one of "b" in another partition.
  void SetUp() override {
    for (const char* value : {"1", "2", "3", "4", "5", "6"}) {
      Append(kFirst, "a", value);
      Drain();
    }
    Append(kSecond, "b", "1");
    Drain();
  }
  absl::StatusOr<KeyAnswers> Run(const std::string& key) {
    FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    if (with_config_) {
      input_.source = &source_;
      input_.reader = &input;
    }
    question_.keys = {{key}};
    return GetKeys(&results, partitions_, question_, input_, Options());
  }
  KeyAnswer At(const std::string& key, int64_t at) {
    for (Partition p : partitions_) question_.at[p].at = Offset(at);
    const auto found = Run(key);
    EXPECT_THAT(found, IsOk());
    if (!found.ok() || found->answers.size() != 1) return KeyAnswer();
    return found->answers[0];
  }

  const ReplaySource source_ = Source(BadRecordPolicy::kStop);
  bool with_config_ = true;
  KeyInput input_;
  KeyQuestion question_;
  std::vector<Partition> partitions_ = {kFirst, kSecond};
};

TEST_F(GetKeysTest, NowOfWhicheverPartitionHasIt) {
  const auto b = Run("b");
  ASSERT_THAT(b, IsOk());
  ASSERT_THAT(b->answers, SizeIs(1));
  EXPECT_EQ(b->answers[0].partition, kSecond);
  EXPECT_EQ(b->answers[0].label, AnswerLabel::kNow);
  EXPECT_EQ(b->answers[0].snapshot, world_.watch(kSecond).view().at("b"));
  EXPECT_TRUE(absl::IsNotFound(Run("c").status()));
  partitions_ = {kFirst};
  EXPECT_TRUE(absl::IsNotFound(Run("b").status()));
}

TEST_F(GetKeysTest, CompactedAwayBesideTheReadingItIsFoundBehindItsEnd) {
  OvertakeNextReading(kFirst, "a");
  const auto a = Run("a");
  EXPECT_TRUE(overtaken_);
  ASSERT_THAT(a, IsOk());
  EXPECT_EQ(a->answers[0].snapshot, world_.watch(kFirst).view().at("a"));
}

TEST_F(GetKeysTest, ExactWhileTheLogTellsAndReplayedAfterwards) {
  const KeyAnswer exact = At("a", 3);
  EXPECT_EQ(exact.label, AnswerLabel::kExact);
  EXPECT_EQ(exact.partition, kFirst);
  world_.cluster().partition("out", kFirst).Compact({});
  const KeyAnswer replayed = At("a", 3);
  EXPECT_EQ(replayed.label, AnswerLabel::kReplayed);
  EXPECT_EQ(replayed.snapshot, exact.snapshot);
  EXPECT_EQ(replayed.results_offset, Offset(-1));
  // The newest is still exact.
  EXPECT_EQ(At("a", 6).label, AnswerLabel::kExact);
  EXPECT_EQ(At("a", 6).snapshot, world_.watch(kFirst).view().at("a"));
  // There was nothing at first.
  EXPECT_EQ(At("a", 0).label, AnswerLabel::kExact);
  EXPECT_FALSE(At("a", 0).snapshot.has_value());
}

TEST_F(GetKeysTest, ReplaysFromTheNearestProvenCheckpoint) {
  // Two in one commit: the log has no state between them.
  Append(kFirst, "a", "7");
  Append(kFirst, "a", "8");
  Drain();
  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(6));
  partitions_ = {kFirst};
  const KeyAnswer replayed = At("a", 7);
  EXPECT_EQ(replayed.label, AnswerLabel::kReplayed) << replayed.reason;
  EXPECT_TRUE(replayed.snapshot.has_value());
  EXPECT_EQ(At("a", 6).label, AnswerLabel::kExact);
}

TEST_F(GetKeysTest, UnavailableWithTheReason) {
  const auto expect = [&](const KeyAnswer& answer, const char* why) {
    EXPECT_EQ(answer.label, AnswerLabel::kUnavailable);
    EXPECT_FALSE(answer.snapshot.has_value());
    EXPECT_THAT(answer.reason, HasSubstr(why));
  };
  expect(At("a", 7), "last checkpoint is at input offset 6");
  Append(kFirst, "c", "not folded in yet");
  expect(At("a", 7), "last checkpoint is at input offset 6");
  expect(At("c", 3), "--partition=N");
  world_.cluster().partition("out", kFirst).Compact({});
  input_.compacted = true;
  expect(At("a", 3), "the input is compacted");
  input_ = KeyInput();
  with_config_ = false;
  expect(At("a", 3), "takes --config");
  with_config_ = true;
  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(1));
  expect(At("a", 3), "retained from offset 1");
  EXPECT_EQ(At("a", 6).label, AnswerLabel::kExact);
  question_.at[kFirst].unknown = "no such time";
  expect(Run("a")->answers[0], "no such time");
}

TEST_F(GetKeysTest, WhatLiesBehindMarkersAloneIsTheCheckpoints) {
  ForeignWriter aborted = world_.BeginForeign();
  world_.Append(kFirst, ToModelRecord("a", "9", 0), &aborted);
  world_.EndForeign(aborted, /*commit=*/false);
  const KeyAnswer exact = At("a", 8);
  EXPECT_EQ(exact.label, AnswerLabel::kExact);
  EXPECT_EQ(exact.at, Offset(6));
  EXPECT_EQ(exact.snapshot, world_.watch(kFirst).view().at("a"));
  EXPECT_EQ(At("a", 9).label, AnswerLabel::kUnavailable);
}

TEST_F(GetKeysTest, AKeyThatNeverWasInAPartitionThatIsNamed) {
  partitions_ = {kFirst};
  const KeyAnswer answer = At("c", 3);
  EXPECT_EQ(answer.label, AnswerLabel::kExact);
  EXPECT_FALSE(answer.snapshot.has_value());
}

TEST_F(GetKeysTest, WhatWasBeforeARewindToOtherWindowsIsNotExact) {
  EXPECT_EQ(At("a", 3).label, AnswerLabel::kExact);
  results::Checkpoint checkpoint;
  const auto& view = world_.watch(kFirst).view();
  ASSERT_THAT(
      DecodeCheckpoint(view.at(std::string(kCheckpointKey)), &checkpoint),
      IsOk());
  results::Snapshot snapshot;
  ASSERT_THAT(DecodeSnapshot(view.at("a"), &snapshot), IsOk());
  snapshot.set_records(7);  // other bytes than before
  checkpoint.set_fingerprint(checkpoint.fingerprint() + 1);
  checkpoint.set_sequence(checkpoint.sequence() + 1);
  world_.cluster().Produce("out", kFirst, "a", EncodeResult(snapshot));
  world_.cluster().Produce("out", kFirst, kCheckpointKey,
                           EncodeResult(checkpoint));
  input_ = KeyInput();
  with_config_ = false;
  EXPECT_EQ(At("a", 3).label, AnswerLabel::kUnavailable);
  EXPECT_EQ(At("a", 6).label, AnswerLabel::kExact);
  EXPECT_EQ(At("a", 6).snapshot, EncodeResult(snapshot));
}

TEST_F(GetKeysTest, AReplayUnderAnotherConfigurationIsRefused) {
  world_.cluster().partition("out", kFirst).Compact({});
  StateSpec spec = LastAndAll();
  spec.windows[0].size = 77;
  const Pipeline other(spec, world_.pipeline().identity);
  ReplaySource source = source_;
  source.pipeline = &other;
  with_config_ = false;
  FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
  input_.source = &source;
  input_.reader = &input;
  question_.at[kFirst].at = question_.at[kSecond].at = Offset(3);
  EXPECT_EQ(ReasonOf(Run("a").status()), StopReason::kConfig);
}

}  // namespace
}  // namespace exactmean
