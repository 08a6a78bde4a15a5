// Positions become stretches.

#include "tools/inspect/replay/range.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kFirst(0), kSecond(1);

class RangeTest : public ::testing::Test {
 protected:
  // Offsets 2 to 5 and 0 to 2; record n of the first has the timestamp n * 10.
  RangeTest() {
    cluster_.CreateTopic("in", 2);
    for (int i = 0; i < 5; ++i) {
      cluster_.Produce("in", kFirst, "k", "1", i * 10);
    }
    for (int i = 0; i < 2; ++i) cluster_.Produce("in", kSecond, "k", "1", 15);
    (*cluster_.FindPartition("in", kFirst))->DeleteBefore(Offset(2));
  }

  // "0:2-5 1:0-2", or the error.
  std::string Between(const InputPosition& from, const InputPosition& to) {
    const auto stretches =
        StretchesBetween(&input_, {kFirst, kSecond}, from, to);
    if (!stretches.ok()) return std::string(stretches.status().message());
    std::string text;
    for (const Stretch& stretch : *stretches) {
      absl::StrAppend(&text, text.empty() ? "" : " ", stretch.partition.value(),
                      ":", stretch.from.value(), "-", stretch.to.value());
    }
    return text;
  }
  static InputPosition AtMs(int64_t ms) {
    return InputPosition::At(absl::FromUnixMillis(ms));
  }
  static InputPosition AtOffsets(int64_t first, int64_t second) {
    return InputPosition::At(
        {{kFirst, Offset(first)}, {kSecond, Offset(second)}});
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  FakeResultsLog input_{&cluster_, &plan_, {"in"}};
};

TEST_F(RangeTest, WholeTopic) {
  EXPECT_EQ(Between(InputPosition::Earliest(), InputPosition::Latest()),
            "0:2-5 1:0-2");
}

TEST_F(RangeTest, TimesAreThoseOfTheirFirstRecordsOrTheEnd) {
  EXPECT_EQ(Between(AtMs(0), AtMs(30)), "0:2-3 1:0-2");
  EXPECT_EQ(Between(AtMs(16), AtMs(100)), "0:2-5 1:2-2");
}

TEST_F(RangeTest, OffsetsAreTakenAtTheirWord) {
  EXPECT_EQ(Between(AtOffsets(2, 1), AtOffsets(5, 1)), "0:2-5 1:1-1");
}

TEST_F(RangeTest, WhatCannotBeIsNamed) {
  EXPECT_THAT(Between(AtOffsets(1, 0), InputPosition::Latest()),
              HasSubstr("partition 0 of the input holds offsets 2 to 5; 1 is"));
  EXPECT_THAT(Between(InputPosition::Earliest(), AtOffsets(5, 3)),
              HasSubstr("partition 1 of the input holds offsets 0 to 2; 3 is"));
  EXPECT_THAT(Between(AtOffsets(4, 0), AtOffsets(3, 0)),
              HasSubstr("in partition 0 the beginning, 4, lies behind"));
  EXPECT_THAT(Between(InputPosition::At({{kFirst, Offset(2)}}),
                      InputPosition::Latest()),
              HasSubstr("\"0:2\" names no offset for partition 1"));
}

TEST_F(RangeTest, AnOpenTransactionIsNotInIt) {
  const FakeProducer open =
      cluster_.InitProducer("open", absl::InfiniteDuration());
  ASSERT_THAT(cluster_.Append(open, "in", kSecond, "k", "1"), IsOk());
  EXPECT_EQ(Between(InputPosition::Earliest(), InputPosition::Latest()),
            "0:2-5 1:0-2");
}

}  // namespace
}  // namespace exactmean
