// Each side is the state that it says it is.

#include "tools/inspect/diff/sides.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Partition kFirst(0), kSecond(1);

class SidesTest : public ReplayTest {
 protected:
  // Keys "a" to "c", 1 to 8 each, and a key of one record, in the middle.
  void Fill() {
    for (int i = 1; i <= 8; ++i) {
      for (const char* key : {"a", "b", "c"}) {
        Append(kFirst, key, absl::StrCat(i));
      }
      if (i == 4) Append(kFirst, "once", "7");
    }
    Drain();
  }
  StateSources Sources() { return {&results_, &input_, input_compacted_}; }
  DiffSides Now() {
    auto sides = SidesNow(&results_, {kFirst, kSecond}, Options());
    EXPECT_THAT(sides, IsOk());
    return *std::move(sides);
  }
  absl::StatusOr<DiffSides> Shadow(const StateSpec& spec) {
    const Pipeline pipeline(spec, world_.pipeline().identity);
    ReplaySource other = Source(BadRecordPolicy::kStop);
    other.pipeline = &pipeline;
    return SidesOfShadow(source_, other, Sources(), Now(), Options());
  }
  // The live state against what `spec` makes.
  StateDiff Run(const StateSpec& spec) {
    StateDiff diff(0);
    auto shadow = Shadow(spec);
    EXPECT_THAT(shadow, IsOk());
    EXPECT_THAT(diff.Add(kFirst, Now().at(kFirst), shadow->at(kFirst)), IsOk());
    return diff;
  }
  static StateSpec Wider() {
    StateSpec spec = LastAndAll();
    spec.windows[0].size = 5;
    return spec;
  }

  FakeResultsLog results_{&world_.cluster(), &plan_, {"out"}};
  FakeResultsLog input_{&world_.cluster(), &plan_, {"in"}};
  ReplaySource source_ = Source();
  bool input_compacted_ = false;
};

TEST_F(SidesTest, NowIsWhatIsCommitted) {
  DiffSides sides = Now();
  EXPECT_EQ(sides.at(kFirst).label, AnswerLabel::kNow);
  EXPECT_FALSE(sides.at(kFirst).at.has_value());
  Fill();
  sides = Now();
  const DiffSide& side = sides.at(kFirst);
  EXPECT_EQ(side.at, Offset(25));
  CommittedView expected = world_.watch(kFirst).view();
  expected.erase(std::string(kCheckpointKey));
  EXPECT_EQ(CommittedView(side.snapshots.begin(), side.snapshots.end()),
            expected);
  EXPECT_EQ(side.windows.size(), LastAndAll().windows.size());
}

TEST_F(SidesTest, NowIsNotGuessed) {
  Fill();
  const FakeProducer writer =
      world_.cluster().InitProducer("w", absl::Hours(1));
  ASSERT_THAT(world_.cluster().Append(writer, "out", kFirst, "a", "half"),
              IsOk());
  // Not committed.
  EXPECT_EQ(Now().at(kFirst).label, AnswerLabel::kNow);
  // Of a commit that goes on, or of nobody's.
  world_.cluster().Produce("out", kSecond, "q", "a snapshot");
  ASSERT_THAT(world_.cluster().Append(writer, "out", kSecond, "r", "half"),
              IsOk());
  const DiffSides sides = Now();
  EXPECT_EQ(sides.at(kSecond).label, AnswerLabel::kUnavailable);
  EXPECT_THAT(sides.at(kSecond).reason, HasSubstr("cannot be told"));
}

TEST_F(SidesTest, SnapshotsWithoutACheckpointAreNoState) {
  world_.cluster().Produce("out", kSecond, "q", "a snapshot");
  const DiffSides sides = Now();
  EXPECT_EQ(sides.at(kSecond).label, AnswerLabel::kUnavailable);
  EXPECT_THAT(sides.at(kSecond).reason, HasSubstr("no checkpoint"));
}

TEST_F(SidesTest, ThenIsTheFold) {
  Fill();
  auto sides = SidesAt(source_, Sources(),
                       {{kFirst, {Offset(4), ""}}, {kSecond, {Offset(9), ""}}},
                       Options());
  ASSERT_THAT(sides, IsOk());
  const DiffSide& side = sides->at(kFirst);
  EXPECT_EQ(side.label, AnswerLabel::kReplayed);
  EXPECT_EQ(side.at, Offset(4));
  EXPECT_EQ(side.snapshots.size(), 3u);
  EXPECT_EQ(sides->at(kSecond).label, AnswerLabel::kUnavailable);
  EXPECT_TRUE(sides->at(kSecond).snapshots.empty());
}

TEST_F(SidesTest, AShadowOfTheSameConfigurationIsTheSame) {
  Fill();
  const StateDiff diff = Run(LastAndAll());
  EXPECT_FALSE(diff.differs());
  EXPECT_TRUE(diff.complete());
  EXPECT_EQ(diff.partitions()[0].same, 4u);
  EXPECT_EQ(diff.partitions()[0].right, AnswerLabel::kReplayed);
  EXPECT_THAT(diff.partitions()[0].remarks, IsEmpty());
}

TEST_F(SidesTest, AShadowWithAnotherWindowTellsByHowMuch) {
  Fill();
  Append(kFirst, "a", "100");  // not folded in
  const StateDiff diff = Run(Wider());
  EXPECT_TRUE(diff.complete());
  const PartitionDiff& partition = diff.partitions()[0];
  EXPECT_EQ(partition.changed, 3u);
  EXPECT_EQ(partition.same, 1u);
  // (6 + 7 + 8) / 3 against (4 + ... + 8) / 5.
  EXPECT_EQ(diff.windows()[0].changed, 3u);
  EXPECT_EQ(diff.windows()[0].largest, 1);
  EXPECT_DOUBLE_EQ(diff.windows()[0].largest_relative, 1.0 / 7);
  EXPECT_EQ(diff.windows()[1].changed, 0u);
}

TEST_F(SidesTest, AShadowTellsOfLateAndBadRecords) {
  Fill();
  Append(kFirst, "a", "bad");
  Drain();
  StateSpec spec = LastAndAll();
  const Pipeline pipeline(spec, world_.pipeline().identity);
  ReplaySource other = Source(BadRecordPolicy::kStop);
  other.pipeline = &pipeline;
  other.reading.source.format = SourceSpec::Format::kJson;
  other.reading.source.value_pointer = "/price";
  const auto sides = SidesOfShadow(source_, other, Sources(), Now(), Options());
  ASSERT_THAT(sides, IsOk());
  EXPECT_THAT(sides->at(kFirst).remarks,
              ElementsAre("0 records are applied, 0 are late, 26 bad; now "
                          "25 records are applied, 0 are late, 1 bad",
                          HasSubstr("26 records are bad, the first: ")));
}

TEST_F(SidesTest, ABadRecordThatIsADeadLetterIsNoNews) {
  Fill();
  Append(kFirst, "a", "bad");
  Drain();
  auto live = Now();
  auto* const now = live.at(kFirst).checkpoint->mutable_dispositions();
  ASSERT_EQ(now->skipped(), 1u);
  now->set_skipped(0);
  now->set_dead_lettered(1);
  const auto sides =
      SidesOfShadow(source_, source_, Sources(), live, Options());
  ASSERT_THAT(sides, IsOk());
  EXPECT_THAT(sides->at(kFirst).remarks, IsEmpty());
}

TEST_F(SidesTest, AShadowOverWhatIsLeftOfTheInputComparesWhatItCan) {
  Fill();
  Append(kFirst, "new", "5");
  Drain();
  // Of "a" 6, 7, 8 are left; "once" is gone.
  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(16));
  const StateDiff diff = Run(LastAndAll());
  EXPECT_FALSE(diff.complete());
  EXPECT_FALSE(diff.differs());
  EXPECT_EQ(diff.partitions()[0].same, 4u);
  EXPECT_EQ(diff.partitions()[0].not_compared, 1u);
  EXPECT_EQ(diff.windows()[0].compared, 4u);
  EXPECT_EQ(diff.windows()[1].compared, 1u);
  EXPECT_EQ(diff.windows()[1].not_compared, 3u);
  EXPECT_THAT(diff.partitions()[0].remarks,
              ElementsAre(HasSubstr("retained from offset 16")));
  // Five values are not left.
  const StateDiff wider = Run(Wider());
  EXPECT_EQ(wider.windows()[0].compared, 1u);
  EXPECT_EQ(wider.partitions()[0].not_compared, 4u);
}

TEST_F(SidesTest, AShadowOfFewerRecordsThanWereProcessedSaysSo) {
  Fill();
  auto live = Now();
  live.at(kFirst).checkpoint->mutable_dispositions()->set_applied(28);
  const auto sides =
      SidesOfShadow(source_, source_, Sources(), live, Options());
  ASSERT_THAT(sides, IsOk());
  EXPECT_THAT(sides->at(kFirst).remarks,
              ElementsAre(HasSubstr("holds 3 records fewer than were"),
                          HasSubstr("25 records are applied, 0 are late")));
  EXPECT_THAT(sides->at(kSecond).remarks, IsEmpty());
}

TEST_F(SidesTest, AShadowThatNeedsWhatIsGoneIsUnavailable) {
  Fill();
  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(16));
  StateSpec spec = LastAndAll();
  spec.idle_key_ttl_us = int64_t{1} << 40;
  auto sides = Shadow(spec);
  ASSERT_THAT(sides, IsOk());
  EXPECT_EQ(sides->at(kFirst).label, AnswerLabel::kUnavailable);
  EXPECT_THAT(sides->at(kFirst).reason, HasSubstr("idle_key_ttl"));
  EXPECT_EQ(sides->at(kSecond).label, AnswerLabel::kReplayed);
  spec = LastAndAll();
  spec.source = "read otherwise";
  sides = Shadow(spec);
  ASSERT_THAT(sides, IsOk());
  EXPECT_EQ(sides->at(kFirst).label, AnswerLabel::kUnavailable);
  input_compacted_ = true;
  sides = Shadow(LastAndAll());
  ASSERT_THAT(sides, IsOk());
  EXPECT_THAT(sides->at(kFirst).reason, HasSubstr("compacted"));
}

TEST_F(SidesTest, AShadowOfWhatCameByRetryTopicsIsUnavailable) {
  Fill();
  auto live = SidesNow(&results_, {kFirst, kSecond}, Options());
  ASSERT_THAT(live, IsOk());
  live->at(kFirst).checkpoint->mutable_dispositions()->set_retried(1);
  const auto sides =
      SidesOfShadow(source_, source_, Sources(), *live, Options());
  ASSERT_THAT(sides, IsOk());
  EXPECT_EQ(sides->at(kFirst).label, AnswerLabel::kUnavailable);
  EXPECT_THAT(sides->at(kFirst).reason, HasSubstr("went to retry topics"));
  EXPECT_EQ(sides->at(kSecond).label, AnswerLabel::kReplayed);
}

TEST_F(SidesTest, AShadowIsOfTheOwnState) {
  Fill();
  const Pipeline other(Wider(), world_.pipeline().identity);
  source_.pipeline = &other;
  const absl::Status refused = Shadow(LastAndAll()).status();
  EXPECT_EQ(ReasonOf(refused), StopReason::kConfig);
}

}  // namespace
}  // namespace exactmean
