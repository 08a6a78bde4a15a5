// Tests of durations.

#include "processor/config/duration.h"

#include <cstdint>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;

TEST(ParseDurationTest, Accepts) {
  const struct {
    absl::string_view text;
    absl::Duration duration;
  } kCases[] = {
      {"0", absl::ZeroDuration()},
      {"0s", absl::ZeroDuration()},
      {"0d0us", absl::ZeroDuration()},
      {"1us", absl::Microseconds(1)},
      {"100ms", absl::Milliseconds(100)},
      {"90s", absl::Seconds(90)},
      {"15m", absl::Minutes(15)},
      {"1h", absl::Hours(1)},
      {"20d", absl::Hours(480)},
      {"1h30m", absl::Minutes(90)},
      {"1m1ms", absl::Milliseconds(60001)},
      {"1d2h3m4s5ms6us", absl::Microseconds(93784005006)},
      {"007s", absl::Seconds(7)},
      {"36500d", kMaxDuration},
      {"3153600000000000us", kMaxDuration},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ParseDuration(c.text), IsOkAndHolds(c.duration)) << c.text;
  }
}

TEST(ParseDurationTest, Refuses) {
  for (const absl::string_view text :
       {"",       " ",    "5",    "s",    "5 s",  " 5s", "5s ", "-5s",  "+5s",
        "1.5h",   "1,5h", "5sec", "5S",   "5D",   "5w",  "5y",  "5min", "5ns",
        "1h 30m", "1h30", "h1",   "1e3s", "0x5s", "00",  "inf", "5s\n"}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("write whole numbers with units")))
        << text;
  }
  for (const absl::string_view text : {"30m1h", "5s5s", "1ms1s", "1us1ms"}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("from large to small")))
        << text;
  }
  for (const absl::string_view text :
       {"36501d", "36500d1us", "3153600000000001us", "9223372036854775808us",
        "99999999999999999999999999d"}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("longer than 36500d")))
        << text;
  }
}

TEST(DurationTextTest, IsReadBack) {
  EXPECT_EQ(DurationText(absl::ZeroDuration()), "0");
  EXPECT_EQ(DurationText(absl::Minutes(90)), "1h30m");
  EXPECT_EQ(DurationText(absl::Hours(480)), "20d");
  EXPECT_EQ(DurationText(absl::Microseconds(1500)), "1ms500us");
  std::mt19937_64 random(4);
  for (int i = 0; i < 1000; ++i) {
    const auto micros = static_cast<int64_t>(random() % 3153600000000001);
    const absl::Duration duration = absl::Microseconds(micros);
    EXPECT_THAT(ParseDuration(DurationText(duration)), IsOkAndHolds(duration));
  }
}

}  // namespace
}  // namespace exactmean
