// Verify catches what a digest that was made to match does not.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/verify_testing.h"

namespace exactmean {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = PartitionVerdict::Outcome;
using Kind = KeyDifference::Kind;

constexpr Partition kFirst(0);

TEST_F(VerifyTest, WhatAProcessorWroteIsVerified) {
  world_.Produce(300);
  Drain();
  const auto verdicts = Run();
  ASSERT_THAT(verdicts, IsOk());
  ASSERT_THAT(*verdicts, SizeIs(2));
  for (const PartitionVerdict& verdict : *verdicts) {
    EXPECT_EQ(verdict.outcome, Outcome::kVerified);
    EXPECT_GT(verdict.keys, 1u);
    EXPECT_EQ(verdict.compared, verdict.keys);
    EXPECT_EQ(verdict.next, world_.watch(verdict.partition).next());
    EXPECT_GT(verdict.replayed, 50u);
    EXPECT_THAT(verdict.remarks, IsEmpty());
  }
}

TEST_F(VerifyTest, InputBeyondTheCheckpointDoesNotMatter) {
  AppendSome();
  Drain();
  Append(kFirst, "a", "77");
  EXPECT_EQ(RunFirst().outcome, Outcome::kVerified);
}

TEST_F(VerifyTest, WhatIsCompactedAwayBesideTheReadingIsFoundBehindItsEnd) {
  AppendSome();
  Drain();
  OvertakeNextReading(kFirst, "a");
  const PartitionVerdict verdict = RunFirst();
  EXPECT_TRUE(overtaken_);
  EXPECT_EQ(verdict.outcome, Outcome::kVerified);
  EXPECT_EQ(verdict.next, world_.watch(kFirst).next());
}

TEST_F(VerifyTest, NoStateYet) {
  AppendSome();
  EXPECT_EQ(RunFirst().outcome, Outcome::kEmpty);
}

TEST_F(VerifyTest, OneFlippedBit) {
  AppendSome();
  Drain();
  // Any bit of the record, not just one that a decoder would see.
  const std::string good = Stored("b");
  for (size_t bit = 0; bit < 8 * good.size(); bit += 5) {
    std::string flipped = good;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    Forge("b", flipped);
    const PartitionVerdict verdict = RunFirst();
    ASSERT_EQ(verdict.outcome, Outcome::kDiffers) << bit;
    EXPECT_EQ(verdict.different, 1u);
    EXPECT_EQ(verdict.first.at("b").stored, flipped);
    EXPECT_EQ(verdict.first.at("b").replayed, good);
  }
  EXPECT_THAT(RunFirst().checkpoint, IsEmpty());
}

TEST_F(VerifyTest, ADigestOfOtherRecords) {
  AppendSome();
  Drain();
  results::Checkpoint checkpoint = Checkpoint();
  checkpoint.set_digest(checkpoint.digest() + 1);
  Forge(checkpoint);
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_THAT(verdict.checkpoint,
              ElementsAre(Field(&FieldDifference::field, "digest")));
}

TEST_F(VerifyTest, OneMissingKey) {
  AppendSome();
  Drain();
  Forge("a", absl::nullopt);
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_EQ(verdict.missing, 1u);
  EXPECT_EQ(verdict.first.at("a").kind, Kind::kMissing);
  EXPECT_THAT(verdict.checkpoint, Contains(FieldDifference{"keys", "2", "3"}));
}

TEST_F(VerifyTest, OneExtraKey) {
  AppendSome();
  Drain();
  Forge("q", Stored("a"));
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_EQ(verdict.extra, 1u);
  EXPECT_EQ(verdict.first.at("q").kind, Kind::kExtra);
}

TEST_F(VerifyTest, ARecordAfterTheCheckpoint) {
  AppendSome();
  Drain();
  world_.cluster().Produce("out", kFirst, "q", "no snapshot");
  EXPECT_EQ(RunFirst().extra, 1u);
  world_.cluster().Produce("out", kFirst, "__exactmean/unknown", "x");
  EXPECT_EQ(RunFirst().extra, 2u);
}

TEST_F(VerifyTest, AStepHalfDoneIsNoDifference) {
  AppendSome();
  Drain();
  results::Checkpoint checkpoint = Checkpoint();
  checkpoint.set_delivery(results::AT_LEAST_ONCE);
  Forge(checkpoint);
  world_.cluster().Produce("out", kFirst, "a", "ahead");
  EXPECT_THAT(Run(), StatusIs(absl::StatusCode::kUnavailable,
                              HasSubstr("not finished")));
}

TEST_F(VerifyTest, ACheckpointOneTooFarOrOneTooNear) {
  AppendSome();
  Drain();
  // At the end of the input, and before a record that is not folded in.
  for (bool more : {false, true}) {
    if (more) Append(kFirst, "a", "5");
    for (int64_t by : {1, -1}) {
      const results::Checkpoint good = Checkpoint();
      results::Checkpoint moved = good;
      moved.set_next_offset(good.next_offset() + by);
      Forge(moved);
      const PartitionVerdict verdict = RunFirst();
      EXPECT_EQ(verdict.outcome, Outcome::kDiffers) << more << by;
      EXPECT_THAT(verdict.checkpoint, Not(IsEmpty()));
    }
  }
}

TEST_F(VerifyTest, CountersStreamTimeAndAnchor) {
  AppendSome();
  Drain();
  const results::Checkpoint good = Checkpoint();
  const auto field = [&](absl::string_view name, results::Checkpoint forged) {
    Forge(forged);
    const PartitionVerdict verdict = RunFirst();
    EXPECT_EQ(verdict.outcome, Outcome::kDiffers) << name;
    EXPECT_THAT(verdict.checkpoint,
                Contains(Field(&FieldDifference::field, name)));
  };
  results::Checkpoint forged = good;
  forged.mutable_dispositions()->set_applied(good.dispositions().applied() - 1);
  forged.mutable_dispositions()->set_late(1);
  field("applied", forged);
  forged = good;
  forged.mutable_stream_time()->set_time(1);
  field("stream_time", forged);
  forged = good;
  forged.mutable_anchor()->set_checksum(1);
  field("anchor.checksum", forged);
  forged = good;
  forged.clear_anchor();
  field("anchor", forged);
  Forge(good);
  EXPECT_EQ(RunFirst().outcome, Outcome::kVerified);
}

TEST_F(VerifyTest, NamesTheFirstKeysOfMany) {
  AppendSome();
  Drain();
  for (const char* key : {"s", "q", "r", "p"}) Forge(key, "x");
  options_.differences = 2;
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.extra, 4u);
  ASSERT_THAT(verdict.first, SizeIs(2));
  EXPECT_EQ(verdict.first.begin()->first, "p");
  EXPECT_EQ(verdict.first.rbegin()->first, "q");
}

}  // namespace
}  // namespace exactmean
