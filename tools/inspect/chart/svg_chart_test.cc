// Pictures: well formed, with all that they must show.

#include "tools/inspect/chart/svg_chart.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kSecond = 1000000;

int Count(const std::string& text, const std::string& what) {
  int count = 0;
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

// Every element that opens also closes, in order; attributes are quoted; no
// text has bare markup.
void ExpectWellFormed(const std::string& xml) {
  std::vector<std::string> open;
  for (size_t at = xml.find('<'); at != std::string::npos;
       at = xml.find('<', at)) {
    const size_t end = xml.find('>', at);
    ASSERT_NE(end, std::string::npos);
    const std::string tag = xml.substr(at + 1, end - at - 1);
    ASSERT_EQ(tag.find('<'), std::string::npos) << tag;
    EXPECT_EQ(std::count(tag.begin(), tag.end(), '"') % 2, 0) << tag;
    const std::string name =
        tag.substr(0, tag.find_first_of(" /", tag[0] == '/' ? 1 : 0));
    if (tag[0] == '/') {
      ASSERT_FALSE(open.empty()) << tag;
      EXPECT_EQ("/" + open.back(), tag);
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
    at = end;
  }
  EXPECT_TRUE(open.empty());
}

SvgPanel IbmPanel() {
  SvgPanel panel;
  panel.title = "IBM";
  panel.dots = {"input", {{0, 1}, {10 * kSecond, 3}, {20 * kSecond, 2}}};
  panel.lines = {{"sma2", {{0, 1}, {10 * kSecond, 2}, {20 * kSecond, 2.5}}},
                 {"all", {{0, 1}, {10 * kSecond, 2}, {20 * kSecond, 2}}}};
  return panel;
}

TEST(SvgChartTest, HasDotsLinesAxesAndLegend) {
  const std::string svg = SvgChart({IbmPanel()});
  ExpectWellFormed(svg);
  EXPECT_THAT(svg, HasSubstr(">IBM</text>"));
  EXPECT_THAT(svg, HasSubstr(">sma2</text>"));
  EXPECT_THAT(svg, HasSubstr(">all</text>"));
  EXPECT_THAT(svg, HasSubstr(">input</text>"));
  EXPECT_THAT(svg, HasSubstr(">event time, UTC</text>"));
  EXPECT_THAT(svg, HasSubstr(">2.5</text>"));       // a value
  EXPECT_THAT(svg, HasSubstr(">00:00:10</text>"));  // a time
  EXPECT_EQ(Count(svg, "<circle"), 4);              // one in the legend
  // From the lower left to below the upper right.
  EXPECT_THAT(svg, HasSubstr("d=\"M90.0 314.4L515.0 194.0L940.0 133.8\""));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark"));
}

TEST(SvgChartTest, AColourStandsForOneWindowInAllPanels) {
  SvgPanel other = IbmPanel();
  other.title = "MSFT";
  other.lines.erase(other.lines.begin());
  const std::string svg = SvgChart({IbmPanel(), other});
  ExpectWellFormed(svg);
  EXPECT_EQ(Count(svg, "stroke=\"#3b82c4\""), 2);  // sma2: legend, one panel
  EXPECT_EQ(Count(svg, "stroke=\"#e07b39\""), 3);  // all: legend, two panels
}

TEST(SvgChartTest, NamesAreNoMarkup) {
  SvgPanel panel = IbmPanel();
  panel.title = "<script>&\x01\"'";
  const std::string svg = SvgChart({panel});
  ExpectWellFormed(svg);
  EXPECT_THAT(svg, HasSubstr(">&lt;script&gt;&amp;\"'</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
}

TEST(SvgChartTest, AMillionPointsAreThinnedButKeepTheirExtremes) {
  SvgPanel panel;
  panel.title = "many";
  Series line{"x", {}};
  for (int i = 0; i < 1000000; ++i) {
    line.points.push_back({i * kSecond, i == 500000 ? 1000.0 : 0.0});
  }
  panel.lines = {line};
  const std::string svg = SvgChart({panel});
  EXPECT_LT(svg.size(), 200000u);
  EXPECT_THAT(svg, HasSubstr(" 73.6L"));  // near the top
}

TEST(SvgChartTest, NothingAndOnePoint) {
  SvgPanel panel;
  panel.title = "none";
  ExpectWellFormed(SvgChart({panel}));
  panel.dots = {"input", {{0, 5}}};
  const std::string svg = SvgChart({panel});
  ExpectWellFormed(svg);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace exactmean
