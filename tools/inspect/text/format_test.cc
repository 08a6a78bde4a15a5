// Times and numbers as text.

#include "tools/inspect/text/format.h"

#include <cstdint>

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
