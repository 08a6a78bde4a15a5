// Tests of windows' settings.

#include "processor/config/window_settings.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/config_text.h"
#include "processor/config/problems.h"
#include "proto/config.pb.h"
#include "state/spec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = WindowSpec::Kind;

config::Config Parse(absl::string_view text) {
  config::Config config;
  EXPECT_THAT(MergeConfigText("test", text, &config), IsOk());
  return config;
}

// What is wrong with one window named "w".
std::vector<std::string> ProblemsOf(absl::string_view kind) {
  Problems problems;
  ReadWindows(Parse(absl::StrCat("window { name: \"w\" ", kind, " }")),
              &problems);
  return problems.lines();
}

TEST(ReadWindowsTest, ReadsEveryKind) {
  Problems problems;
  const std::vector<WindowSpec> windows = ReadWindows(Parse(R"(
          window { name: "count" count { size: 20 } }
          window { name: "exact" time { length: "30d" } }
          window { name: "panes" time { length: "1d" resolution: "15m" } }
          window { name: "alpha" ewma { alpha: 0.25 } }
          window { name: "span" ewma { span: 19 } }
          window { name: "half" ewma { half_life: "1h30m" } }
          window { name: "all" cumulative { } })"),
                                                      &problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  ASSERT_EQ(windows.size(), 7u);
  EXPECT_EQ(windows[0].name, "count");
  EXPECT_EQ(windows[0].kind, Kind::kCount);
  EXPECT_EQ(windows[0].size, 20u);
  EXPECT_EQ(windows[1].kind, Kind::kTimeExact);
  EXPECT_EQ(windows[1].length_us, 2592000000000);
  EXPECT_EQ(windows[2].kind, Kind::kTimePanes);
  EXPECT_EQ(windows[2].length_us, 86400000000);
  EXPECT_EQ(windows[2].resolution_us, 900000000);
  EXPECT_EQ(windows[3].kind, Kind::kEwmaRecords);
  EXPECT_EQ(windows[3].alpha, 0.25);
  EXPECT_EQ(windows[4].kind, Kind::kEwmaRecords);
  EXPECT_EQ(windows[4].alpha, 0.1);
  EXPECT_EQ(windows[5].kind, Kind::kEwmaHalfLife);
  EXPECT_EQ(windows[5].half_life_us, 5400000000);
  EXPECT_EQ(windows[6].kind, Kind::kCumulative);
  EXPECT_EQ(windows[6].name, "all");
}

TEST(ReadWindowsTest, Limits) {
  for (const absl::string_view kind :
       {"count { size: 1 }", "count { size: 65536 }",
        "time { length: \"1us\" }", "time { length: \"36500d\" }",
        "time { length: \"1s\" resolution: \"1s\" }",
        "time { length: \"100000s\" resolution: \"1s\" }", "ewma { alpha: 1 }",
        "ewma { alpha: 1e-9 }", "ewma { span: 1 }",
        "ewma { half_life: \"1us\" }"}) {
    EXPECT_THAT(ProblemsOf(kind), IsEmpty()) << kind;
  }
  const struct {
    absl::string_view kind;
    absl::string_view problem;
  } kCases[] = {
      {"count { }", "count.size must be 1 to 65536, is 0"},
      {"count { size: 65537 }", "count.size must be 1 to 65536, is 65537"},
      {"time { }", "time.length: required: a duration, as \"20d\""},
      {"time { length: \"0\" }", "time.length: must be 1us to 36500d, is 0"},
      {"time { length: \"5\" }",
       "time.length: \"5\" is no duration: write whole numbers with units, as "
       "100ms, 90s, 1h30m or 20d"},
      {"time { length: \"1h\" resolution: \"0s\" }",
       "time.resolution: must be 1us to 36500d, is 0"},
      {"time { length: \"1h\" resolution: \"7m\" }",
       "time.length must be a multiple of time.resolution; 1h is none of 7m"},
      {"time { length: \"1m\" resolution: \"1h\" }",
       "time.length must be a multiple of time.resolution; 1m is none of 1h"},
      {"time { length: \"100001s\" resolution: \"1s\" }",
       "time.length has 100001 panes of time.resolution; at most 100000 are "
       "allowed: make them coarser"},
      {"ewma { }", "ewma needs one of alpha, span and half_life"},
      {"ewma { alpha: 0 }", "ewma.alpha must be above 0 and at most 1, is 0"},
      {"ewma { alpha: -0.5 }",
       "ewma.alpha must be above 0 and at most 1, is -0.5"},
      {"ewma { alpha: 1.5 }",
       "ewma.alpha must be above 0 and at most 1, is 1.5"},
      {"ewma { alpha: nan }",
       "ewma.alpha must be above 0 and at most 1, is nan"},
      {"ewma { span: 0.5 }", "ewma.span must be at least 1, is 0.5"},
      {"ewma { span: inf }", "ewma.span must be at least 1, is inf"},
      {"ewma { span: nan }", "ewma.span must be at least 1, is nan"},
      {"ewma { half_life: \"0\" }",
       "ewma.half_life: must be 1us to 36500d, is 0"},
      {"ewma { half_life: \"\" }",
       "ewma.half_life: required: a duration, as \"20d\""},
      {"", "needs one of count, time, ewma and cumulative"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ProblemsOf(c.kind),
                ElementsAre(absl::StrCat("window[0] (\"w\"): ", c.problem)))
        << c.kind;
  }
}

TEST(ReadWindowsTest, NamesAreUniqueAndWellFormed) {
  Problems problems;
  ReadWindows(Parse(R"(window { name: "a" cumulative { } }
                       window { name: "a b" cumulative { } }
                       window { name: "a" cumulative { } }
                       window { cumulative { } }
                       window { count { } })"),
              &problems);
  EXPECT_THAT(
      problems.lines(),
      ElementsAre(
          "window[1].name: \"a b\" must be made of letters, digits and _",
          "window[2] (\"a\"): another window has this name",
          "window[3].name: required", "window[4].name: required",
          "window[4]: count.size must be 1 to 65536, is 0"));
}

TEST(ReadWindowsTest, OneToSixtyFour) {
  Problems none;
  ReadWindows(config::Config(), &none);
  EXPECT_THAT(none.lines(), ElementsAre("window: at least one is required"));

  config::Config config;
  for (int i = 0; i < 65; ++i) {
    config::Window* const window = config.add_window();
    window->set_name(absl::StrCat("w", i));
    window->mutable_cumulative();
  }
  Problems many;
  ReadWindows(config, &many);
  EXPECT_THAT(many.lines(),
              ElementsAre("window: at most 64 are allowed, there are 65"));
  config.mutable_window()->RemoveLast();
  Problems enough;
  EXPECT_EQ(ReadWindows(config, &enough).size(), 64u);
  EXPECT_THAT(enough.lines(), IsEmpty());
}

}  // namespace
}  // namespace exactmean
