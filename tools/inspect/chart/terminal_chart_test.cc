// Charts in characters.

#include "tools/inspect/chart/terminal_chart.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

constexpr int64_t kSecond = 1000000;

TEST(TerminalChartTest, InAscii) {
  const Series rising{"sma20", {{0, 0}, {5 * kSecond, 5}, {10 * kSecond, 10}}};
  EXPECT_EQ(TerminalChart(rising, {15, 5, false}),
            "sma20\n"
            "10 |        **\n"
            "   |      **\n"
            "   |    **\n"
            "   |  **\n"
            " 0 |**\n"
            "    1970-01-01T00:00:00Z\n");
}

TEST(TerminalChartTest, InBraille) {
  const Series rising{"x", {{0, 0}, {10 * kSecond, 7}}};
  EXPECT_EQ(TerminalChart(rising, {14, 2, true}),
            "x\n"
            "7 \u2502     \u28c0\u2860\u2814\u2812\u2809\n"
            "0 \u2502\u28c0\u2824\u2814\u280a\u2809\n"
            "   1970-01-01T00:00:00Z\n");
}

TEST(TerminalChartTest, BothTimesWhereThereIsRoom) {
  const Series two{"x", {{0, 1}, {kSecond, 1}}};
  const std::string text = TerminalChart(two, {60, 3, false});
  EXPECT_NE(text.find("1970-01-01T00:00:00Z  "), std::string::npos) << text;
  EXPECT_NE(text.find("  1970-01-01T00:00:01Z\n"), std::string::npos) << text;
}

TEST(TerminalChartTest, OnePointAndNone) {
  EXPECT_EQ(TerminalChart({"x", {}}, {}), "");
  const std::string text = TerminalChart({"x", {{0, 5}}}, {20, 3, false});
  EXPECT_NE(text.find('*'), std::string::npos) << text;
}

}  // namespace
}  // namespace exactmean
