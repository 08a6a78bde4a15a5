// Tests of texts and timestamps to event times, with absl::Time as the
// independent judge.

#include "processor/decoder/event_time.h"

#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/decoder/source_spec.h"
#include "state/types.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::HasSubstr;

struct Accepted {
  TimeFormat format;
  absl::string_view text;
  int64_t micros;
};

struct Refused {
  TimeFormat format;
  absl::string_view text;
};

constexpr TimeFormat kSeconds = TimeFormat::kEpochSeconds;
constexpr TimeFormat kMillis = TimeFormat::kEpochMillis;
constexpr TimeFormat kMicros = TimeFormat::kEpochMicros;
constexpr TimeFormat kIso = TimeFormat::kIso8601;

TEST(EventTimeOfRecordTest, IsMilliseconds) {
  EXPECT_THAT(EventTimeOfRecord(0), IsOkAndHolds(EventTime(0)));
  EXPECT_THAT(EventTimeOfRecord(1700000000123),
              IsOkAndHolds(EventTime(1700000000123000)));
}

TEST(EventTimeOfRecordTest, RefusesNoneAndNonsense) {
  EXPECT_THAT(EventTimeOfRecord(-1),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("the record has no timestamp")));
  EXPECT_THAT(EventTimeOfRecord(std::numeric_limits<int64_t>::min()),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(EventTimeOfRecord(std::numeric_limits<int64_t>::max()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("outside of the years")));
  EXPECT_THAT(EventTimeOfRecord(253402300799999),
              IsOkAndHolds(EventTime(253402300799999000)));
  EXPECT_THAT(EventTimeOfRecord(253402300800000),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseEpochTest, Accepts) {
  const Accepted kCases[] = {
      {kSeconds, "0", 0},
      {kSeconds, "1700000000", 1700000000000000},
      {kSeconds, "+1700000000", 1700000000000000},
      {kSeconds, " 1700000000 ", 1700000000000000},
      {kSeconds, "1700000000.5", 1700000000500000},
      {kSeconds, "1700000000.123456", 1700000000123456},
      {kSeconds, "1700000000.1234569999", 1700000000123456},
      {kSeconds, "1.7e9", 1700000000000000},
      {kSeconds, "1.700000000123456E9", 1700000000123456},
      {kSeconds, "17000000000000e-4", 1700000000000000},
      {kSeconds, "-1", -1000000},
      {kSeconds, "-0", 0},
      {kSeconds, "-0.000001", -1},
      {kSeconds, "-0.0000001", -1},  // towards the past
      {kSeconds, "-1.0000005", -1000001},
      {kSeconds, ".000002", 2},
      {kSeconds, "1e-7", 0},
      {kSeconds, "0e999999999999999999999", 0},
      {kSeconds, "1e-999999999999999999999", 0},
      {kSeconds, "253402300799.999999", 253402300799999999},
      {kSeconds, "-62135596800", -62135596800000000},
      {kMillis, "1700000000123", 1700000000123000},
      {kMillis, "1700000000123.4567", 1700000000123456},
      {kMillis, "1.700000000123E12", 1700000000123000},
      {kMillis, "-1", -1000},
      {kMicros, "1700000000123456", 1700000000123456},
      {kMicros, "1700000000123456.9", 1700000000123456},
      {kMicros, "1.700000000123456e15", 1700000000123456},
      {kMicros, "000000000000000000000000000000001", 1},
  };
  for (const Accepted& c : kCases) {
    EXPECT_THAT(ParseEventTime(c.text, c.format),
                IsOkAndHolds(EventTime(c.micros)))
        << c.text;
  }
}

TEST(ParseEpochTest, RefusesWhatIsNoNumber) {
  for (const absl::string_view text :
       {"",      " ",          "+",   "-",   ".",     "1e",   "e5",
        "1..5",  "1.2.3",      "--1", "+-1", "0x5",   "nan",  "inf",
        "12:00", "2015-01-31", "1,5", "1 5", "1e+-5", "1_000"}) {
    EXPECT_THAT(ParseEventTime(text, kSeconds),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("is not a decimal number")))
        << text;
  }
}

TEST(ParseEpochTest, RefusesWhatIsOutOfRange) {
  const Refused kCases[] = {
      {kSeconds, "1700000000000"},  // these are milliseconds
      {kMillis, "1700000000000000"},
      {kSeconds, "253402300800"},
      {kSeconds, "-62135596800.000001"},
      {kMicros, "9223372036854775807"},
      {kMicros, "9223372036854775808"},
      {kMicros, "18446744073709551617"},  // 1 modulo 2^64
      {kMicros, "-9223372036854775809"},
      {kMicros, "99999999999999999999999999999999"},
      {kSeconds, "1e300"},
      {kSeconds, "1e999999999999999999999"},
      {kSeconds, "-1e999999999999999999999"},
  };
  for (const Refused& c : kCases) {
    EXPECT_THAT(ParseEventTime(c.text, c.format),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("is its unit right?")))
        << c.text;
  }
}

TEST(ParseIso8601Test, Accepts) {
  const Accepted kCases[] = {
      {kIso, "1970-01-01", 0},
      {kIso, "1970-01-01T00:00:00Z", 0},
      {kIso, " 1970-01-01 ", 0},
      {kIso, "2015-01-31", 1422662400000000},
      {kIso, "2015-01-31T16:00", 1422720000000000},
      {kIso, "2015-01-31 16:00", 1422720000000000},
      {kIso, "2015-01-31T16:00Z", 1422720000000000},
      {kIso, "2015-01-31T16:00:01", 1422720001000000},
      {kIso, "2015-01-31 16:00:01.25", 1422720001250000},
      {kIso, "2015-01-31T16:00:01.25Z", 1422720001250000},
      {kIso, "2015-01-31T16:00:01.123456789Z", 1422720001123456},
      {kIso, "2015-01-31T16:00:01.999999999Z", 1422720001999999},
      {kIso, "2015-01-31T16:00:00+01:00", 1422716400000000},
      {kIso, "2015-01-31T16:00:00-03:30", 1422732600000000},
      {kIso, "2015-01-31T16:00+00:00", 1422720000000000},
      {kIso, "2015-01-31T16:00:00-00:00", 1422720000000000},
      {kIso, "1969-12-31T23:59:59.9999995Z", -1},  // towards the past
      {kIso, "2000-02-29", 951782400000000},
      {kIso, "2024-02-29T23:59:59.999999Z", 1709251199999999},
      {kIso, "0001-01-01", -62135596800000000},
      {kIso, "9999-12-31T23:59:59.999999999", 253402300799999999},
  };
  for (const Accepted& c : kCases) {
    EXPECT_THAT(ParseEventTime(c.text, c.format),
                IsOkAndHolds(EventTime(c.micros)))
        << c.text;
  }
}

TEST(ParseIso8601Test, Refuses) {
  for (const absl::string_view text : {"",
                                       "2015",
                                       "2015-01",
                                       "2015-1-31",
                                       "15-01-31",
                                       "20150131",
                                       "2015/01/31",
                                       "31-01-2015",
                                       "2015-00-10",
                                       "2015-13-01",
                                       "2015-01-00",
                                       "2015-01-32",
                                       "2015-04-31",
                                       "2015-02-29",
                                       "1900-02-29",
                                       "2100-02-29",
                                       "0000-01-01",
                                       "-001-01-01",
                                       "+2015-01-31",
                                       "12015-01-31",
                                       "2015-01-31T",
                                       "2015-01-31T16",
                                       "2015-01-31T24:00:00",
                                       "2015-01-31T16:60:00",
                                       "2015-01-31T23:59:60Z",  // a leap second
                                       "2015-01-31T1:00:00",
                                       "2015-01-31T16:00:",
                                       "2015-01-31T16:00:0",
                                       "2015-01-31T16:00:00.",
                                       "2015-01-31T16:00:00,5",
                                       "2015-01-31T16:00:00.1234567890",
                                       "2015-01-31T16:00:00.5.5",
                                       "2015-01-31T16:00:00z",
                                       "2015-01-31T16:00:00ZZ",
                                       "2015-01-31T16:00:00+1:00",
                                       "2015-01-31T16:00:00+01",
                                       "2015-01-31T16:00:00+01:60",
                                       "2015-01-31T16:00:00+24:00",
                                       "2015-01-31T16:00:00 +01:00",
                                       "2015-01-31T16:00:00 CET",
                                       "2015-01-31  16:00",
                                       "2015-01-31Z",
                                       "2015-01-31+01:00",
                                       "2015-01-3\xd9\xa1",
                                       "1422662400",
                                       "null"}) {
    EXPECT_THAT(ParseEventTime(text, kIso),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("no ISO 8601 time")))
        << text;
  }
  for (const absl::string_view text :
       {"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"}) {
    EXPECT_THAT(ParseEventTime(text, kIso),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("outside of the years")))
        << text;
  }
}

// Every day of four centuries, and times as another library prints them.
TEST(ParseIso8601Test, AgreesWithAnotherCalendar) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  for (absl::CivilDay day(1800, 1, 1); day < absl::CivilDay(2200, 1, 1);
       ++day) {
    const int64_t expected = absl::ToUnixMicros(absl::FromCivil(day, utc));
    ASSERT_THAT(ParseEventTime(absl::FormatCivilTime(day), kIso),
                IsOkAndHolds(EventTime(expected)))
        << day;
  }
  std::mt19937_64 random(7);
  std::uniform_int_distribution<int64_t> any(-30610224000000000,
                                             253402300799999999);
  const absl::TimeZone east = absl::FixedTimeZone(5 * 3600 + 45 * 60);
  for (int i = 0; i < 20000; ++i) {
    const int64_t expected = any(random);  // in the years 1000 to 9999
    const absl::Time time = absl::FromUnixMicros(expected);
    for (const absl::TimeZone& zone : {utc, east}) {
      const std::string text = absl::FormatTime(absl::RFC3339_full, time, zone);
      ASSERT_THAT(ParseEventTime(text, kIso), IsOkAndHolds(EventTime(expected)))
          << text;
    }
  }
}

TEST(ParseEventTimeTest, EpochFormatsAgree) {
  std::mt19937_64 random(11);
  std::uniform_int_distribution<int64_t> any(0, 253402300799999999);
  for (int i = 0; i < 20000; ++i) {
    const int64_t micros = any(random);
    const EventTime expected(micros);
    const std::string fraction = absl::StrCat(1000000 + micros % 1000000);
    EXPECT_THAT(ParseEventTime(absl::StrCat(micros), kMicros),
                IsOkAndHolds(expected));
    EXPECT_THAT(
        ParseEventTime(absl::StrCat(micros / 1000, ".", fraction.substr(4)),
                       kMillis),
        IsOkAndHolds(expected));
    EXPECT_THAT(
        ParseEventTime(absl::StrCat(micros / 1000000, ".", fraction.substr(1)),
                       kSeconds),
        IsOkAndHolds(expected));
  }
}

}  // namespace
}  // namespace exactmean
