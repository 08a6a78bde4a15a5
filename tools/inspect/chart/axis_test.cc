// Ticks at numbers that people like.

#include "tools/inspect/chart/axis.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::Le;
using ::testing::SizeIs;

std::vector<std::string> Labels(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks) labels.push_back(tick.label);
  return labels;
}

Extent From(double low, double high) {
  Extent extent;
  extent.Include(low);
  extent.Include(high);
  return extent;
}

TEST(AxisTest, Numbers) {
  EXPECT_THAT(Labels(NumberTicks(From(0, 100), 5)),
              ElementsAre("0", "20", "40", "60", "80", "100"));
  EXPECT_THAT(Labels(NumberTicks(From(-0.31, 0.5), 4)),
              ElementsAre("0", "0.5"));
  EXPECT_THAT(Labels(NumberTicks(From(1e140, 2e140), 2)),
              ElementsAre("1e+140", "1.5e+140", "2e+140"));
  // One value alone: it is within the extent.
  EXPECT_THAT(Labels(NumberTicks(From(50, 50), 2)),
              ElementsAre("49.5", "50", "50.5"));
}

TEST(AxisTest, Times) {
  const double day = 86400e6;
  EXPECT_THAT(Labels(TimeTicks(From(0, 0.4e6), 4)),
              ElementsAre("00:00:00", "00:00:00.1", "00:00:00.2", "00:00:00.3",
                          "00:00:00.4"));
  EXPECT_THAT(Labels(TimeTicks(From(1e6, 61e6), 4)),
              ElementsAre("00:00:15", "00:00:30", "00:00:45", "00:01:00"));
  EXPECT_THAT(Labels(TimeTicks(From(0, day / 2), 4)),
              ElementsAre("00:00", "03:00", "06:00", "09:00", "12:00"));
  EXPECT_THAT(Labels(TimeTicks(From(0, 4 * day), 4)),
              ElementsAre("1970-01-01", "1970-01-02", "1970-01-03",
                          "1970-01-04", "1970-01-05"));
  EXPECT_THAT(Labels(TimeTicks(From(10 * day, 400 * day), 4)),
              ElementsAre("1970-07", "1971-01"));
  EXPECT_THAT(Labels(TimeTicks(From(951868800e6, 1362096000e6), 7)),
              ElementsAre("2002", "2004", "2006", "2008", "2010", "2012"));
}

// From the year 2255 on a microsecond more may be the same number.
TEST(AxisTest, BeyondTheResolutionOfNumbers) {
  EXPECT_THAT(Labels(TimeTicks(From(1e16, 1e16 + 4), 4)), SizeIs(Le(5)));
  EXPECT_THAT(Labels(NumberTicks(From(1e16, 1e16 + 4), 4)), SizeIs(Le(5)));
}

}  // namespace
}  // namespace exactmean
