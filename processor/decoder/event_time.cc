// Exact integer arithmetic on the digits: a double would lose microseconds.

#include "processor/decoder/event_time.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/optional.h"
#include "processor/decoder/excerpt.h"

namespace exactmean {
namespace {

constexpr int64_t kMicrosPerMilli = 1000;
constexpr int64_t kMicrosPerSecond = 1'000'000;

// Beyond every event time; ten times it is still an int64.
constexpr int64_t kTooLarge = 900'000'000'000'000'000;

absl::Status OutOfRange(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "time ", what, " is outside of the years 1 to 9999: is its unit right?"));
}

bool InRange(EventTime time) {
  return kMinEventTime <= time && time <= kMaxEventTime;
}

// A decimal number taken apart: digits (with at most one '.' among them), and
// how many of the digits count microseconds and above.
struct Decimal {
  bool negative = false;
  absl::string_view digits;
  int64_t whole_digits = 0;
};

// Takes a run of digits off the front of `text`.
absl::string_view TakeDigits(absl::string_view* text) {
  const auto end =
      std::find_if_not(text->begin(), text->end(), absl::ascii_isdigit);
  const absl::string_view digits = text->substr(0, end - text->begin());
  text->remove_prefix(digits.size());
  return digits;
}

bool TakeChar(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

// The number after an 'e'; far out of range stays far out of range.
absl::optional<int64_t> TakeExponent(absl::string_view* text) {
  const bool negative = TakeChar(text, '-');
  if (!negative) TakeChar(text, '+');
  const absl::string_view digits = TakeDigits(text);
  if (digits.empty()) return absl::nullopt;
  int64_t exponent = 0;
  for (const char c : digits) {
    exponent = std::min<int64_t>(exponent * 10 + (c - '0'), kTooLarge);
  }
  return negative ? -exponent : exponent;
}

// `unit`: the power of ten of microseconds that 1 stands for.
absl::optional<Decimal> TakeApart(absl::string_view text, int unit) {
  Decimal decimal;
  decimal.negative = TakeChar(&text, '-');
  if (!decimal.negative) TakeChar(&text, '+');
  const char* const begin = text.data();
  const size_t before = TakeDigits(&text).size();
  const size_t after = TakeChar(&text, '.') ? TakeDigits(&text).size() : 0;
  if (before + after == 0) return absl::nullopt;
  decimal.digits = absl::string_view(begin, text.data() - begin);
  decimal.whole_digits = static_cast<int64_t>(before) + unit;
  if (TakeChar(&text, 'e') || TakeChar(&text, 'E')) {
    const absl::optional<int64_t> exponent = TakeExponent(&text);
    if (!exponent.has_value()) return absl::nullopt;
    decimal.whole_digits += *exponent;
  }
  if (!text.empty()) return absl::nullopt;
  return decimal;
}

// Microseconds, rounded down; nullopt: too large.
absl::optional<int64_t> MicrosOf(const Decimal& decimal) {
  int64_t micros = 0;
  int64_t left = decimal.whole_digits;
  bool inexact = false;
  for (const char c : decimal.digits) {
    if (c == '.') continue;
    if (left > 0) {
      micros = micros * 10 + (c - '0');
      if (micros >= kTooLarge) return absl::nullopt;
    } else {
      inexact |= c != '0';
    }
    --left;
  }
  if (micros != 0) {
    for (; left > 0; --left) {
      micros *= 10;
      if (micros >= kTooLarge) return absl::nullopt;
    }
  }
  if (!decimal.negative) return micros;
  return -micros - (inexact ? 1 : 0);
}

// Of digits alone, as most are, and not so many that micros overflow.
absl::optional<int64_t> MicrosOfDigits(absl::string_view text, int unit) {
  if (text.empty() || text.size() + unit > 18) return absl::nullopt;
  int64_t micros = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c)) return absl::nullopt;
    micros = micros * 10 + (c - '0');
  }
  for (; unit > 0; --unit) micros *= 10;
  return micros;
}

absl::StatusOr<EventTime> ParseEpoch(absl::string_view text, int unit) {
  const absl::optional<int64_t> whole = MicrosOfDigits(text, unit);
  if (whole.has_value() && InRange(EventTime(*whole))) return EventTime(*whole);
  const absl::optional<Decimal> decimal = TakeApart(text, unit);
  if (!decimal.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("time ", Excerpt(text), " is not a decimal number"));
  }
  const absl::optional<int64_t> micros = MicrosOf(*decimal);
  if (!micros.has_value() || !InRange(EventTime(*micros))) {
    return OutOfRange(Excerpt(text));
  }
  return EventTime(*micros);
}

// Takes exactly `width` digits and their number, at most `max`.
bool TakeField(absl::string_view* text, size_t width, int max, int* out) {
  if (text->size() < width) return false;
  int number = 0;
  for (const char c : text->substr(0, width)) {
    if (!absl::ascii_isdigit(c)) return false;
    number = number * 10 + (c - '0');
  }
  text->remove_prefix(width);
  *out = number;
  return number <= max;
}

// "2015-01-31", as days since the epoch.
bool TakeDate(absl::string_view* text, int64_t* days) {
  int year, month, day;
  if (!TakeField(text, 4, 9999, &year) || !TakeChar(text, '-') ||
      !TakeField(text, 2, 12, &month) || !TakeChar(text, '-') ||
      !TakeField(text, 2, 31, &day)) {
    return false;
  }
  // A day that no month has comes back as one of another month.
  const absl::CivilDay date(year, month, day);
  *days = date - absl::CivilDay(1970, 1, 1);
  return year > 0 && date.month() == month;
}

// "16:00", "16:00:30", "16:00:30.123", as microseconds since midnight.
bool TakeTimeOfDay(absl::string_view* text, int64_t* micros) {
  int hours, minutes, seconds = 0;
  if (!TakeField(text, 2, 23, &hours) || !TakeChar(text, ':') ||
      !TakeField(text, 2, 59, &minutes)) {
    return false;
  }
  int64_t fraction = 0;
  if (TakeChar(text, ':')) {
    if (!TakeField(text, 2, 59, &seconds)) return false;
    if (TakeChar(text, '.')) {
      const absl::string_view digits = TakeDigits(text);
      if (digits.empty() || digits.size() > 9) return false;
      for (size_t i = 0; i < 6; ++i) {
        fraction = fraction * 10 + (i < digits.size() ? digits[i] - '0' : 0);
      }
    }
  }
  *micros = (hours * 3600 + minutes * 60 + seconds) * kMicrosPerSecond;
  *micros += fraction;
  return true;
}

// "Z", "+01:00", "-03:30" or nothing, as microseconds ahead of UTC.
bool TakeZone(absl::string_view* text, int64_t* micros) {
  *micros = 0;
  if (text->empty() || TakeChar(text, 'Z')) return true;
  const bool west = TakeChar(text, '-');
  int hours, minutes;
  if ((!west && !TakeChar(text, '+')) || !TakeField(text, 2, 23, &hours) ||
      !TakeChar(text, ':') || !TakeField(text, 2, 59, &minutes)) {
    return false;
  }
  *micros = (hours * 3600 + minutes * 60) * kMicrosPerSecond;
  if (west) *micros = -*micros;
  return true;
}

absl::StatusOr<EventTime> ParseIso8601(absl::string_view text) {
  absl::string_view rest = text;
  int64_t days = 0, of_day = 0, zone = 0;
  bool valid = TakeDate(&rest, &days);
  if (valid && !rest.empty()) {
    valid = (TakeChar(&rest, 'T') || TakeChar(&rest, ' ')) &&
            TakeTimeOfDay(&rest, &of_day) && TakeZone(&rest, &zone) &&
            rest.empty();
  }
  if (!valid) {
    return absl::InvalidArgumentError(absl::StrCat(
        "time ", Excerpt(text),
        " is no ISO 8601 time such as 2015-01-31 or 2015-01-31T16:00:00Z"));
  }
  const EventTime time(days * 24 * 3600 * kMicrosPerSecond + of_day - zone);
  if (!InRange(time)) return OutOfRange(Excerpt(text));
  return time;
}

}  // namespace

absl::StatusOr<EventTime> EventTimeOfRecord(int64_t timestamp_ms) {
  if (timestamp_ms < 0) {
    return absl::InvalidArgumentError("the record has no timestamp");
  }
  if (timestamp_ms > kMaxEventTime.value() / kMicrosPerMilli) {
    return OutOfRange(absl::StrCat(timestamp_ms, " ms of the record"));
  }
  return EventTime(timestamp_ms * kMicrosPerMilli);
}

absl::StatusOr<EventTime> ParseEventTime(absl::string_view text,
                                         TimeFormat format) {
  text = absl::StripAsciiWhitespace(text);
  switch (format) {
    case TimeFormat::kEpochSeconds:
      return ParseEpoch(text, 6);
    case TimeFormat::kEpochMillis:
      return ParseEpoch(text, 3);
    case TimeFormat::kEpochMicros:
      return ParseEpoch(text, 0);
    case TimeFormat::kIso8601:
      return ParseIso8601(text);
    case TimeFormat::kRecordTimestamp:
      break;
  }
  return absl::InternalError("the record's timestamp is not read from text");
}

}  // namespace exactmean
