// The layout of verify's answer.

#include "tools/inspect/replay/verify_text.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

using Outcome = PartitionVerdict::Outcome;

std::string SnapshotOf(double average) {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.add_averages()->set_average(average);
  return EncodeResult(snapshot);
}

std::vector<PartitionVerdict> Good() {
  PartitionVerdict verdict;
  verdict.outcome = Outcome::kVerified;
  verdict.start = Offset(3);
  verdict.next = Offset(1000);
  verdict.replayed = 997;
  verdict.keys = verdict.compared = 12;
  return {verdict};
}

std::vector<PartitionVerdict> Bad() {
  std::vector<PartitionVerdict> verdicts = Good();
  PartitionVerdict& verdict = verdicts.emplace_back(verdicts[0]);
  verdict.partition = Partition(1);
  verdict.outcome = Outcome::kDiffers;
  verdict.different = verdict.missing = verdict.extra = 1;
  verdict.first["IBM"] = {KeyDifference::Kind::kDifferent, Offset(77),
                          SnapshotOf(42.5), SnapshotOf(42.25)};
  verdict.first["\xff"] = {KeyDifference::Kind::kExtra, Offset(78), "x", ""};
  verdict.checkpoint = {{"keys", "12", "13"}};
  verdict.remarks = {"a remark"};
  return verdicts;
}

TEST(VerifyTextTest, HeadersAreBoldWhereTheTerminalShowsIt) {
  Terminal terminal;
  terminal.colour = true;
  const std::string text = VerdictsText(Bad(), {"last20"}, terminal);
  EXPECT_THAT(text, ::testing::HasSubstr("\x1b[1mPARTITION"));
  EXPECT_THAT(text, ::testing::HasSubstr("\x1b[1m  FIELD"));
}

TEST(VerifyTextTest, Table) {
  EXPECT_EQ(
      VerdictsText(Bad(), {"last20"}, Terminal()),
      R"(PARTITION  FROM    TO  REPLAYED  KEYS  COMPARED  IN PART  NOT  DIFFERENT  MISSING  EXTRA   OUTCOME
0             3  1000       997    12        12        0    0          0        0      0  verified
1             3  1000       997    12        12        0    0          1        1      1   differs

partition 1: a remark

partition 1: the checkpoint is not the one that the input gives
  FIELD  STORED  REPLAYED
  keys       12        13

partition 1, key "IBM": the snapshot at results offset 77 is not the one that the input gives
  FIELD           STORED  REPLAYED
  last20.average    42.5     42.25

partition 1, key "\xff": extra: the input does not give the snapshot at results offset 78

partition 1: 1 more key is not as the input gives it
)");
}

TEST(VerifyTextTest, Json) {
  const std::vector<PartitionVerdict> verdicts = Bad();
  EXPECT_EQ(
      VerdictsJson(absl::MakeConstSpan(verdicts).subspan(1), {"last20"}),
      R"({"partition":1,"outcome":"differs","start_offset":3,"next_offset":1000,"retained_from":0,"replayed":997,"keys":12,"compared":12,"compared_in_part":0,"not_compared":0,"different":1,"missing":1,"extra":1,"checkpoint_differences":[{"field":"keys","stored":"12","replayed":"13"}],"first_differences":[{"key":"IBM","kind":"different","results_offset":77,"fields":[{"field":"last20.average","stored":"42.5","replayed":"42.25"}]},{"key":"�","key_base64":"/w==","kind":"extra","results_offset":78,"fields":[]}],"remarks":["a remark"]})"
      "\n");
}

TEST(VerifyTextTest, SummarySaysNoMoreThanIsSo) {
  EXPECT_EQ(Summary(Good(), 1),
            "997 records replayed, 12 snapshots compared byte for byte: "
            "VERIFIED\n");
  EXPECT_EQ(Summary(Good(), 0.1),
            "997 records replayed, 12 snapshots compared byte for byte (a "
            "sample, 0.1 of the keys): VERIFIED\n");
  EXPECT_EQ(Summary(Bad(), 1),
            "1,994 records replayed, 24 snapshots compared byte for byte: "
            "DIFFERS: 3 keys, 1 checkpoint\n");
  std::vector<PartitionVerdict> partial = Good();
  partial[0].outcome = Outcome::kPartial;
  partial[0].not_compared = 2;
  EXPECT_EQ(Summary(partial, 1),
            "997 records replayed, 12 snapshots compared byte for byte: NOT "
            "VERIFIED: none differs, but 2 keys could not be compared in "
            "full\n");
  EXPECT_EQ(Summary({PartitionVerdict()}, 1),
            "no state yet: no processor has committed\n");
}

}  // namespace
}  // namespace exactmean
