// The screen of watch on a terminal that is narrow: as status has it, columns
// without room follow below.

#include "tools/inspect/watch/watch_render.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

WatchView ViewOf(int32_t partitions) {
  WatchView view;
  view.time = absl::FromUnixSeconds(1700000100);
  view.interval = absl::Seconds(2);
  view.window = "hour";
  for (int32_t p = 0; p < partitions; ++p) {
    view.partitions.push_back({Partition(p), Offset(98765432), int64_t{1234567},
                               absl::Minutes(83), 1000000, 123456.7, 12.5});
  }
  view.movers = {{"IBM", Partition(0), 1234567, 7654321}};
  return view;
}

Terminal Of(int width) {
  Terminal terminal;
  terminal.interactive = true;
  terminal.width = width;
  terminal.height = 24;
  return terminal;
}

TEST(WatchRenderTest, OnANarrowTerminalNoNumberIsCut) {
  for (int width = 52; width < 80; ++width) {
    const std::string screen = WatchScreen(ViewOf(2), "prices", "", Of(width));
    SCOPED_TRACE(screen);
    EXPECT_THAT(screen, Not(HasSubstr("...")));
    for (const char* const whole :
         {"98765432", "1,234,567", "1h23m", "123,456", "12.5", "1,000,000",
          "1.23457e+06", "7.65432e+06", "+520.00 %"}) {
      EXPECT_THAT(screen, HasSubstr(whole));
    }
  }
}

// Parts take more lines: fewer partitions are shown, and the movers stay.
TEST(WatchRenderTest, OnANarrowTerminalMoversStay) {
  for (const int width : {52, 100}) {
    const std::string screen = WatchScreen(ViewOf(20), "prices", "", Of(width));
    EXPECT_THAT(screen, HasSubstr(" more that are less behind\n"));
    EXPECT_THAT(screen, HasSubstr("\nIBM "));
  }
}

}  // namespace
}  // namespace exactmean
