// Snapshots whose older samples lie in segments, read by verify and get.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/get/get_keys.h"
#include "tools/inspect/replay/verify_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using Outcome = PartitionVerdict::Outcome;

constexpr Partition kOnly(0);
constexpr int kRecords = 150;

WorldOptions LongWindows() {
  WorldOptions options;
  options.spec.windows = {
      {"last100", WindowSpec::Kind::kCount, 100, 0, 0, 0, 0},
      {"hour", WindowSpec::Kind::kTimeExact, 0, 3'600'000'000, 0, 0, 0}};
  return options;
}

class LongWindowsTest : public VerifyTest {
 protected:
  LongWindowsTest() : VerifyTest(LongWindows()) {}

  void SetUp() override {
    for (int i = 0; i < kRecords; ++i) {
      Append(kOnly, "a", absl::StrCat(i));
      if (i % 10 == 0) Drain();
    }
    Append(kOnly, "b", "1");
    Drain();
    ASSERT_TRUE(View().count(Segment(3)) > 0);
  }
  std::string Segment(uint64_t number) {
    return ToString(SegmentKey{number, "a"});
  }
  const CommittedView& View() { return world_.watch(kOnly).view(); }
  void Put(const std::string& key, absl::optional<std::string> value) {
    world_.cluster().Produce("out", kOnly, key, value);
    world_.cluster().Produce("out", kOnly, kCheckpointKey,
                             View().at(std::string(kCheckpointKey)));
  }
  absl::StatusOr<KeyAnswers> Get(absl::optional<int64_t> at) {
    FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    const ReplaySource source = Source();
    KeyInput key_input;
    key_input.source = &source;
    key_input.reader = &input;
    KeyQuestion question;
    question.keys = {{"a"}};
    if (at.has_value()) question.at[kOnly].at = Offset(*at);
    const std::vector<Partition> partitions = {kOnly};
    return GetKeys(&results, partitions, question, key_input, Options());
  }
  // The values of the count window are those of these records, in order.
  void ExpectValues(const KeyAnswer& answer, int from, int to) {
    results::Snapshot snapshot;
    ASSERT_TRUE(answer.snapshot.has_value()) << answer.reason;
    ASSERT_THAT(DecodeSnapshot(*answer.snapshot, &snapshot), IsOk());
    EXPECT_EQ(snapshot.segments(), 0u);
    std::vector<double> want;
    for (int i = from; i < to; ++i) want.push_back(i);
    EXPECT_THAT(std::vector<double>(snapshot.samples().values().begin(),
                                    snapshot.samples().values().end()),
                ::testing::ElementsAreArray(want));
    EXPECT_EQ(snapshot.timed().values_size(), to);
  }
};

TEST_F(LongWindowsTest, AreVerifiedByteForByte) {
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kVerified);
  EXPECT_EQ(verdict.compared, 2u);
}

// One with segments, one without.
TEST_F(LongWindowsTest, WhatWasWrittenUnpackedIsVerifiedToo) {
  results::Checkpoint checkpoint;
  ASSERT_THAT(
      DecodeCheckpoint(View().at(std::string(kCheckpointKey)), &checkpoint),
      IsOk());
  for (const char* key : {"a", "b"}) {
    const std::string now = View().at(key);
    results::Snapshot snapshot;
    ASSERT_THAT(DecodeSnapshot(now, &snapshot), IsOk());
    const std::string before = snapshot.SerializeAsString();
    ASSERT_NE(before, now) << "nothing of it is packed";
    checkpoint.set_digest(checkpoint.digest() - RecordHash(key, now) +
                          RecordHash(key, before));
    world_.cluster().Produce("out", kOnly, key, before);
  }
  world_.cluster().Produce("out", kOnly, kCheckpointKey,
                           EncodeResult(checkpoint));
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kVerified);
  EXPECT_EQ(verdict.compared, 2u);

  std::string flipped = View().at("a");
  flipped[flipped.size() - 1] = static_cast<char>(flipped.back() ^ 1);
  Put("a", flipped);
  EXPECT_EQ(RunFirst().outcome, Outcome::kDiffers);
}

TEST_F(LongWindowsTest, ABitOfASegmentIsSeen) {
  std::string flipped = View().at(Segment(3));
  flipped[10] = static_cast<char>(flipped[10] ^ 1);
  Put(Segment(3), flipped);
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_EQ(verdict.different, 1u);
  EXPECT_EQ(verdict.first.count("a"), 1u);
}

TEST_F(LongWindowsTest, AMissingSegmentIsSeen) {
  Put(Segment(3), absl::nullopt);
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_EQ(verdict.different, 1u);
  world_.cluster().partition("out", kOnly).Compact({});
  const auto now = Get(absl::nullopt);
  EXPECT_THAT(now, StatusIs(absl::StatusCode::kDataLoss,
                            HasSubstr("segments, of which there are")));
}

TEST_F(LongWindowsTest, ASegmentOfNoKeyIsSeen) {
  const std::string stray = ToString(SegmentKey{0, "z"});
  Put(stray, View().at(Segment(3)));
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_EQ(verdict.extra, 1u);
  EXPECT_EQ(verdict.first.count(stray), 1u);
}

TEST_F(LongWindowsTest, OneTooManyOfAKeyIsSeen) {
  Put(Segment(77), View().at(Segment(3)));
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
  EXPECT_EQ(verdict.first.count(Segment(77)), 1u);
}

TEST_F(LongWindowsTest, AreVerifiedAfterAGapThatEmptiesThem) {
  Append(kOnly, "c", "1");
  for (int i = 0; i < 40; ++i) Append(kOnly, "c", absl::StrCat(i));
  Drain();
  for (const char* key : {"a", "c"}) {
    world_.Append(kOnly, ToModelRecord(key, "5", 9'000'000));
  }
  Drain();
  EXPECT_EQ(RunFirst().outcome, Outcome::kVerified);
  EXPECT_THAT(Get(absl::nullopt), IsOk());
}

TEST_F(LongWindowsTest, GetShowsAllThatTheWindowsHold) {
  const auto now = Get(absl::nullopt);
  ASSERT_THAT(now, IsOk());
  ExpectValues(now->answers[0], kRecords - 100, kRecords);
}

TEST_F(LongWindowsTest, GetOfAnEarlierTimeToo) {
  const auto exact = Get(121);
  ASSERT_THAT(exact, IsOk());
  EXPECT_EQ(exact->answers[0].label, AnswerLabel::kExact);
  ExpectValues(exact->answers[0], 21, 121);
  const auto replayed = Get(125);
  ASSERT_THAT(replayed, IsOk());
  EXPECT_EQ(replayed->answers[0].label, AnswerLabel::kReplayed);
  ExpectValues(replayed->answers[0], 25, 125);
}

}  // namespace
}  // namespace exactmean
