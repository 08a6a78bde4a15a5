// Differences of hand-made states, and how they read.

#include "tools/inspect/diff/state_diff.h"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/diff/diff_text.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Partition kFirst(0), kSecond(1);

std::string SnapshotOf(const std::vector<double>& averages,
                       uint64_t count = 3) {
  results::Snapshot snapshot;
  snapshot.set_format(1);
  for (const double average : averages) {
    results::Average* const to = snapshot.add_averages();
    to->set_average(average);
    to->set_count(count);
  }
  snapshot.set_records(count);
  snapshot.set_last_offset(5);
  return EncodeResult(snapshot);
}

DiffSide SideOf(const std::vector<std::string>& windows,
                const std::map<std::string, std::vector<double>>& keys) {
  DiffSide side;
  side.at = Offset(9);
  side.windows = windows;
  for (const auto& [key, averages] : keys) {
    side.snapshots[key] = SnapshotOf(averages);
  }
  return side;
}

StateDiff Compared(DiffSide left, DiffSide right, size_t top = 0) {
  StateDiff diff(top);
  EXPECT_THAT(diff.Add(kFirst, std::move(left), std::move(right)), IsOk());
  return diff;
}

std::vector<std::string> KeysOf(const StateDiff& diff) {
  std::vector<std::string> keys;
  for (const KeyDiff& key : diff.keys()) keys.push_back(key.key);
  return keys;
}

TEST(StateDiffTest, TheSame) {
  const auto side = [] { return SideOf({"w"}, {{"a", {1}}, {"b", {2}}}); };
  const StateDiff diff = Compared(side(), side());
  EXPECT_FALSE(diff.differs());
  EXPECT_TRUE(diff.complete());
  EXPECT_EQ(diff.partitions()[0].same, 2u);
}

TEST(StateDiffTest, TheMostChangedFirstThenKeysOfOneSide) {
  const auto left = [] {
    return SideOf({"w"}, {{"a", {100}}, {"b", {1}}, {"c", {0}}, {"z", {1}}});
  };
  const auto right = [] {
    return SideOf({"w"}, {{"a", {110}}, {"b", {3}}, {"c", {1}}, {"d", {1}}});
  };
  const StateDiff diff = Compared(left(), right());
  EXPECT_THAT(KeysOf(diff), ElementsAre("c", "b", "a", "d", "z"));
  EXPECT_THAT(KeysOf(Compared(left(), right(), 2)), ElementsAre("c", "b"));
  EXPECT_TRUE(diff.differs());
  const WindowDiff& window = diff.windows()[0];
  EXPECT_EQ(window.changed, 3u);
  EXPECT_EQ(window.largest, 10);
  EXPECT_EQ(window.sum, 13);
  EXPECT_TRUE(std::isinf(window.largest_relative));
  EXPECT_DOUBLE_EQ(window.sum_relative, 2.1);  // of a and b
  EXPECT_EQ(window.in_sum_relative, 2u);
}

TEST(StateDiffTest, AnAverageAloneIsNotTheWindow) {
  DiffSide left = SideOf({"w"}, {{"a", {1}}});
  DiffSide right = SideOf({"w"}, {});
  right.snapshots["a"] = SnapshotOf({1}, /*count=*/4);
  const StateDiff diff = Compared(std::move(left), std::move(right));
  EXPECT_EQ(diff.partitions()[0].changed, 1u);
  EXPECT_EQ(diff.windows()[0].largest, 0);
}

TEST(StateDiffTest, WindowsArePairedByName) {
  const StateDiff diff =
      Compared(SideOf({"gone", "w", "v"}, {{"a", {9, 1, 5}}}),
               SideOf({"v", "w", "new"}, {{"a", {5, 2, 8}}}));
  ASSERT_EQ(diff.windows().size(), 2u);
  EXPECT_EQ(diff.windows()[0].changed, 1u);
  EXPECT_EQ(diff.windows()[1].changed, 0u);
  EXPECT_THAT(diff.windows_left(), ElementsAre("gone"));
  EXPECT_THAT(diff.windows_right(), ElementsAre("new"));
}

TEST(StateDiffTest, WhatIsNoSnapshotIsNamed) {
  DiffSide left = SideOf({"w"}, {{"a", {1}}});
  left.snapshots["\xff"] = "x";
  StateDiff diff(0);
  const absl::Status corrupt = diff.Add(kSecond, left, left);
  EXPECT_TRUE(absl::IsDataLoss(corrupt)) << corrupt;
  EXPECT_THAT(corrupt.message(),
              HasSubstr("partition 1, key \"\\xff\", left: "));
  left.snapshots["\xff"] = SnapshotOf({1, 2});
  EXPECT_THAT(diff.Add(kSecond, left, SideOf({"w"}, {})).message(),
              HasSubstr("2 averages, its checkpoint names 1"));
}

TEST(StateDiffTest, NothingIsComparedOfWhatIsUnavailable) {
  DiffSide gone;
  gone.label = AnswerLabel::kUnavailable;
  gone.reason = "so";
  const StateDiff diff = Compared(gone, SideOf({"w"}, {{"a", {1}}}));
  EXPECT_FALSE(diff.complete());
  EXPECT_FALSE(diff.differs());
  EXPECT_EQ(diff.partitions()[0].only_right, 0u);
  EXPECT_THAT(diff.partitions()[0].remarks,
              ElementsAre("left is unavailable: so"));
}

TEST(StateDiffTest, NoStateHasNoWindows) {
  const StateDiff diff = Compared(DiffSide(), SideOf({"w"}, {{"a", {1}}}));
  EXPECT_EQ(diff.partitions()[0].only_right, 1u);
  EXPECT_TRUE(diff.windows_right().empty());
}

// Two partitions, one unavailable; a key of bytes; windows of one side.
StateDiff Sample(size_t top) {
  StateDiff diff(top);
  EXPECT_THAT(diff.Add(kFirst,
                       SideOf({"sma", "old"}, {{"IBM", {100, 1}},
                                               {"\xff", {0, 1}},
                                               {"gone", {1, 1}},
                                               {"same", {1, 2}}}),
                       SideOf({"sma"},
                              {{"IBM", {97.5}}, {"\xff", {2}}, {"same", {1}}})),
              IsOk());
  DiffSide unavailable;
  unavailable.label = AnswerLabel::kUnavailable;
  unavailable.reason = "the input is gone";
  EXPECT_THAT(diff.Add(kSecond, DiffSide(), unavailable), IsOk());
  return diff;
}

TEST(DiffTextTest, Text) {
  EXPECT_EQ(DiffText(Sample(0), {"topic a, now", "topic b, now"}, {}),
            R"(left:  topic a, now
right: topic b, now

PARTITION  LEFT      AT  RIGHT        AT  SAME  CHANGED  ONLY LEFT  ONLY RIGHT  NOT
        0  now        9  now           9     1        2          1           0    0
        1  no state   -  unavailable   -     -        -          -           -    -

partition 1: right is unavailable: the input is gone

WINDOW  COMPARED  CHANGED  NOT  LARGEST  MEAN  LARGEST %  MEAN %
sma            3        2    0      2.5  2.25      inf %   2.5 %

windows on the left alone, not compared: old

KEY   PARTITION  WINDOW     LEFT  RIGHT  CHANGE
\xff          0  sma           0      2  +inf %
IBM           0  sma         100   97.5  -2.5 %
gone          0  only left     -      -       -

2 keys changed, 1 only left, 0 only right, 1 the same; NOT ALL COULD BE COMPARED
)");
  EXPECT_THAT(DiffText(Sample(2), {}, {}),
              HasSubstr("1 the same; the 2 that changed most are shown; NOT"));
}

TEST(DiffTextTest, Json) {
  EXPECT_EQ(
      DiffJson(Sample(0)),
      R"({"row":"partition","partition":0,"left":"now","left_offset":9,"right":"now","right_offset":9,"same":1,"changed":2,"only_left":1,"only_right":0,"not_compared":0,"remarks":[]}
{"row":"partition","partition":1,"left":"now","left_offset":null,"right":"unavailable","right_offset":null,"same":0,"changed":0,"only_left":0,"only_right":0,"not_compared":0,"remarks":["right is unavailable: the input is gone"]}
{"row":"window","window":"sma","sides":"both","compared":3,"changed":2,"not_compared":0,"largest_change":2.5,"mean_change":2.25,"largest_relative_change":null,"mean_relative_change":0.025}
{"row":"window","window":"old","sides":"left"}
{"row":"key","key":"�","key_base64":"/w==","partition":0,"kind":"changed","windows":[{"window":"sma","left":0,"right":2,"left_count":3,"right_count":3,"change":2,"relative_change":null}]}
{"row":"key","key":"IBM","partition":0,"kind":"changed","windows":[{"window":"sma","left":100,"right":97.5,"left_count":3,"right_count":3,"change":-2.5,"relative_change":0.025}]}
{"row":"key","key":"gone","partition":0,"kind":"only_left","windows":[]}
)");
}

}  // namespace
}  // namespace exactmean
