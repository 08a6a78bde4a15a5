// Ranges are read back as they were written, and nothing else is.

#include "tools/inspect/dlq/offset_ranges.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(OffsetRangesTest, AreReadBack) {
  const std::vector<OffsetSpan> spans = {
      {Offset(0), Offset(0)}, {Offset(5), Offset(9)}, {Offset(20), kNoEnd}};
  EXPECT_EQ(RangesText(spans), "0,5-9,20-");
  const auto parsed = ParseRanges("0,5-9,20-");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(*parsed, spans);
  for (const std::string bad :
       {"", "x", "-1", "3-1", "1,,2", "0-9e9", "5,3", "5-,9", "1-3,3"}) {
    EXPECT_FALSE(ParseRanges(bad).has_value()) << bad;
  }
}

TEST(OffsetRangesTest, Contain) {
  const std::vector<OffsetSpan> spans = {{Offset(5), Offset(9)},
                                         {Offset(20), kNoEnd}};
  for (const int in : {5, 7, 9, 20, 1000}) {
    EXPECT_TRUE(Contains(spans, Offset(in))) << in;
  }
  for (const int out : {0, 4, 10, 19}) {
    EXPECT_FALSE(Contains(spans, Offset(out))) << out;
  }
  EXPECT_FALSE(Contains({}, Offset(0)));
}

}  // namespace
}  // namespace exactmean
