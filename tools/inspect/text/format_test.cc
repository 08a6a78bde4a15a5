// Times and numbers as text.

#include "tools/inspect/text/format.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(FormatTest, Times) {
  EXPECT_EQ(TimeText(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(TimeText(1500000002000000), "2017-07-14T02:40:02Z");
  EXPECT_EQ(TimeText(1500000002250000), "2017-07-14T02:40:02.25Z");
  EXPECT_EQ(TimeText(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(TimeText(-62135596800000000), "0001-01-01T00:00:00Z");
  EXPECT_EQ(TimeText(int64_t{1} << 60), "38504-08-17T21:30:06.846976Z");
}

TEST(FormatTest, EveryDayAndAnyTimeAsAbseilHasIt) {
  constexpr int64_t kDay = int64_t{24} * 60 * 60 * 1000000;
  constexpr int64_t kYear10000 = int64_t{253402300800} * 1000000;
  const auto check = [](int64_t micros) {
    ASSERT_EQ(TimeText(micros), absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ",
                                                 absl::FromUnixMicros(micros),
                                                 absl::UTCTimeZone()));
  };
  for (int64_t day = 0; day < 200 * 366; ++day) {
    check(day * kDay);
    check(-day * kDay - 1);
  }
  for (const int64_t edge : {int64_t{0}, kYear10000}) {
    for (int64_t i = -3; i < 3; ++i) check(edge + i);
  }
  std::mt19937_64 random(1);
  std::uniform_int_distribution<int64_t> any(-kYear10000 / 8, kYear10000);
  for (int i = 0; i < 50000; ++i) {
    const int64_t micros = any(random);
    for (const int64_t unit : {1, 1000, 1000000}) check(micros / unit * unit);
  }
}

TEST(FormatTest, AnyNumberAsPrintfHasIt) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> digits(-10, 10);
  std::uniform_int_distribution<int> exponent(-140, 140);
  for (int i = 0; i < 50000; ++i) {
    for (const int power : {exponent(random), exponent(random) / 20}) {
      const double value = digits(random) * std::pow(10, power);
      char expected[32];
      std::snprintf(expected, sizeof(expected), "%.6g", value);
      ASSERT_EQ(NumberText(value), expected);
    }
  }
}

TEST(FormatTest, Numbers) {
  EXPECT_EQ(NumberText(41.25), "41.25");
  EXPECT_EQ(NumberText(1e140), "1e+140");
  EXPECT_EQ(NumberText(-1.0 / 3), "-0.333333");
}

TEST(FormatTest, WindowsAreNamedByTheCheckpoint) {
  results::Checkpoint checkpoint;
  checkpoint.add_windows("last");
  checkpoint.add_windows("smooth");
  checkpoint.set_fingerprint_text(
      "window last count size=2\nwindow smooth ewma alpha=0.5");
  const auto windows = WindowsOf(&checkpoint, 3);
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_EQ(windows[0].name, "last");
  EXPECT_TRUE(windows[0].has_spread);
  EXPECT_EQ(windows[1].name, "smooth");
  EXPECT_FALSE(windows[1].has_spread);
  EXPECT_EQ(windows[2].name, "window2");
  EXPECT_EQ(WindowsOf(nullptr, 1)[0].name, "window0");
}

}  // namespace
}  // namespace exactmean
