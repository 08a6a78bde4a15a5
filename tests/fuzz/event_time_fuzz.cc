// Text to event time, of each format: what is accepted and what it is, against
// a second reading by other means. The first byte chooses the format.

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/decoder/event_time.h"
#include "processor/decoder/source_spec.h"
#include "tests/fuzz/refusal.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

constexpr int64_t kSecond = 1'000'000;

// Digits, all zeros in front taken away.
std::string Trimmed(absl::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return std::string(digits);
}

// Microseconds of an epoch time, rounded down; nullopt when it is none or far
// away. By moving the point in the text, `unit` places to the right.
absl::optional<int64_t> EpochMicros(absl::string_view text, int64_t unit) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string mantissa(text.substr(0, e));
  if (e < text.size()) {
    absl::string_view exponent = text.substr(e + 1);
    const bool down = absl::ConsumePrefix(&exponent, "-");
    if (!down) absl::ConsumePrefix(&exponent, "+");
    if (exponent.empty() ||
        exponent.find_first_not_of("0123456789") != absl::string_view::npos) {
      return absl::nullopt;
    }
    const std::string places = Trimmed(exponent);
    const int64_t n = places.size() > 6 ? 1'000'000 : std::atoi(places.c_str());
    unit += down ? -n : n;
  }
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits = mantissa;
  if (point < digits.size()) digits.erase(point, 1);
  if (digits.empty() ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return absl::nullopt;
  }
  const std::string all = Trimmed(digits);
  if (all.empty()) return 0;
  // All its digits, and so many of them are before the point.
  const int64_t before = static_cast<int64_t>(point) + unit -
                         static_cast<int64_t>(digits.size() - all.size());
  if (before > 18) return absl::nullopt;
  const size_t kept = static_cast<size_t>(std::max<int64_t>(before, 0));
  std::string whole = all.substr(0, kept);
  whole.append(kept - whole.size(), '0');
  const bool fraction = kept < all.size() && !Trimmed(all.substr(kept)).empty();
  const int64_t micros = whole.empty() ? 0 : std::atoll(whole.c_str());
  return negative ? -micros - (fraction ? 1 : 0) : micros;
}

int Number(absl::string_view text, size_t at, size_t size) {
  int number = 0;
  return absl::SimpleAtoi(text.substr(at, size), &number) ? number : -1;
}

// `text` with every digit as 0: its shape.
std::string Shape(absl::string_view text) {
  std::string shape(text);
  std::replace_if(shape.begin(), shape.end(), absl::ascii_isdigit, '0');
  return shape;
}

// Takes the zone off the end of `text`; in seconds ahead of UTC.
absl::optional<int> TakeZone(absl::string_view* text) {
  if (absl::ConsumeSuffix(text, "Z")) return 0;
  if (text->size() < 6) return 0;
  const absl::string_view zone = text->substr(text->size() - 6);
  const std::string shape = Shape(zone);
  if (shape != "+00:00" && shape != "-00:00") return 0;
  text->remove_suffix(6);
  const int hours = Number(zone, 1, 2), minutes = Number(zone, 4, 2);
  if (hours > 23 || minutes > 59) return absl::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return zone[0] == '-' ? -seconds : seconds;
}

absl::optional<int64_t> IsoMicros(absl::string_view text) {
  absl::string_view local = text;
  const bool has_clock = text.size() > 10;
  const absl::optional<int> zone = has_clock ? TakeZone(&local) : 0;
  std::string shape = Shape(local);
  if (has_clock && shape.size() > 10 && shape[10] == ' ') shape[10] = 'T';
  int64_t micros = 0;
  if (shape.size() >= 21 && shape.size() <= 29 && shape[19] == '.') {
    std::string fraction(local.substr(20));
    fraction.resize(6, '0');
    micros = Number(fraction, 0, 6);
    if (micros < 0) return absl::nullopt;
    shape = Shape(shape.substr(0, 19)) +
            (shape.find_first_not_of('0', 20) == std::string::npos ? "" : "?");
  }
  if (!zone.has_value() || !(has_clock ? shape == "0000-00-00T00:00" ||
                                             shape == "0000-00-00T00:00:00"
                                       : shape == "0000-00-00")) {
    return absl::nullopt;
  }
  const int year = Number(local, 0, 4), month = Number(local, 5, 2),
            day = Number(local, 8, 2);
  const int hour = has_clock ? Number(local, 11, 2) : 0;
  const int minute = has_clock ? Number(local, 14, 2) : 0;
  const int second = shape.size() > 16 ? Number(local, 17, 2) : 0;
  // One of another field would be carried into the next.
  const absl::CivilSecond at(year, month, day, hour, minute, second);
  if (year < 1 || at.year() != year || at.month() != month || at.day() != day ||
      at.hour() != hour || at.minute() != minute || at.second() != second) {
    return absl::nullopt;
  }
  return absl::ToUnixSeconds(absl::FromCivil(at, absl::UTCTimeZone())) *
             kSecond -
         *zone * kSecond + micros;
}

absl::optional<int64_t> Expected(absl::string_view text, TimeFormat format) {
  switch (format) {
    case TimeFormat::kEpochSeconds:
      return EpochMicros(text, 6);
    case TimeFormat::kEpochMillis:
      return EpochMicros(text, 3);
    case TimeFormat::kEpochMicros:
      return EpochMicros(text, 0);
    default:
      return IsoMicros(text);
  }
}

void CheckTime(absl::string_view text, TimeFormat format) {
  const absl::StatusOr<EventTime> time = ParseEventTime(text, format);
  const absl::optional<int64_t> expected =
      Expected(absl::StripAsciiWhitespace(text), format);
  if (!expected.has_value() || *expected < kMinEventTime.value() ||
      *expected > kMaxEventTime.value()) {
    FUZZ_CHECK(!time.ok(), absl::StrCat("accepted as ", time->value()));
    return CheckBadRecord(time.status());
  }
  FUZZ_CHECK(time.ok(), time.status().ToString());
  FUZZ_CHECK(time->value() == *expected,
             absl::StrCat(time->value(), " is not ", *expected));
  // And there and back, in both notations.
  const std::string iso = absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E6SZ",
                                           absl::FromUnixMicros(time->value()),
                                           absl::UTCTimeZone());
  const auto from_iso = ParseEventTime(iso, TimeFormat::kIso8601);
  FUZZ_CHECK(from_iso.ok() && *from_iso == *time, iso);
  const std::string micros = absl::StrCat(time->value());
  const auto from_micros = ParseEventTime(micros, TimeFormat::kEpochMicros);
  FUZZ_CHECK(from_micros.ok() && *from_micros == *time, micros);
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr exactmean::TimeFormat kFormats[] = {
      exactmean::TimeFormat::kEpochSeconds, exactmean::TimeFormat::kEpochMillis,
      exactmean::TimeFormat::kEpochMicros, exactmean::TimeFormat::kIso8601};
  if (size == 0) return 0;
  exactmean::CheckTime(exactmean::InputText(data + 1, size - 1),
                       kFormats[data[0] % 4]);
  return 0;
}
