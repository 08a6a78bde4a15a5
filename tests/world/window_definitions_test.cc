// The definitions, by examples worked out by hand.

#include "tests/world/window_definitions.h"

#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

Average Of(const WindowSpec& window) {
  // The third is late, the last one the newest.
  const std::vector<Sample> samples = {{8, EventTime(10)},
                                       {2, EventTime(30)},
                                       {5, EventTime(25)},
                                       {-1, EventTime(40)}};
  return AverageByDefinition(window, samples);
}

TEST(WindowDefinitionsTest, Count) {
  WindowSpec window;
  window.kind = WindowSpec::Kind::kCount;
  window.size = 3;
  const Average average = Of(window);
  EXPECT_EQ(average.count, 3u);
  EXPECT_DOUBLE_EQ(average.average, 2);
  EXPECT_EQ(average.min, -1);
  EXPECT_EQ(average.max, 5);
  EXPECT_DOUBLE_EQ(average.stddev * average.stddev, 6);
}

TEST(WindowDefinitionsTest, TimeIsOpenAtItsOldEnd) {
  WindowSpec window;
  window.kind = WindowSpec::Kind::kTimeExact;
  window.length_us = 15;  // (25, 40]
  EXPECT_EQ(Of(window).count, 2u);
  EXPECT_DOUBLE_EQ(Of(window).average, 0.5);
  window.length_us = 16;
  EXPECT_EQ(Of(window).count, 3u);
}

TEST(WindowDefinitionsTest, PanesAreAlignedToTheEpoch) {
  WindowSpec window;
  window.kind = WindowSpec::Kind::kTimePanes;
  window.resolution_us = 20;  // panes 0, 1, 1, 2
  window.length_us = 40;
  EXPECT_EQ(Of(window).count, 3u);
  EXPECT_DOUBLE_EQ(Of(window).average, 2);
  EXPECT_EQ(AverageByDefinition(window, std::vector<Sample>{{1, EventTime(-1)},
                                                            {2, EventTime(20)}})
                .count,
            1u)
      << "pane -1 is before pane 0";
}

TEST(WindowDefinitionsTest, Ewma) {
  WindowSpec window;
  window.kind = WindowSpec::Kind::kEwmaRecords;
  window.alpha = 0.5;
  EXPECT_DOUBLE_EQ(Of(window).average, 2);  // 8, 5, 5, 2
  EXPECT_EQ(Of(window).count, 4u);
  window.kind = WindowSpec::Kind::kEwmaHalfLife;
  window.half_life_us = 10;
  const std::vector<Sample> samples = {{9, EventTime(20)}, {3, EventTime(10)}};
  EXPECT_DOUBLE_EQ(AverageByDefinition(window, samples).average, 7);
}

TEST(WindowDefinitionsTest, Cumulative) {
  WindowSpec window;
  window.kind = WindowSpec::Kind::kCumulative;
  EXPECT_EQ(Of(window).count, 4u);
  EXPECT_DOUBLE_EQ(Of(window).average, 3.5);
}

}  // namespace
}  // namespace exactmean
