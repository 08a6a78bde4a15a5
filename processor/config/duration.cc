// Parses and prints durations, in whole microseconds.

#include "processor/config/duration.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

struct Unit {
  absl::string_view name;
  int64_t micros;
};

// From large to small.
constexpr Unit kUnits[] = {
    {"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
    {"s", 1'000'000},      {"ms", 1'000},        {"us", 1},
};
constexpr int64_t kMaxMicros = 36500 * int64_t{86'400'000'000};

absl::Status Bad(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", absl::CHexEscape(text.substr(0, 40)), "\" is no duration: ", why));
}

// Takes the bytes at the front of `text` for which `is` is true.
template <typename Predicate>
absl::string_view Take(absl::string_view* text, Predicate is) {
  size_t size = 0;
  while (size < text->size() && is((*text)[size])) ++size;
  const absl::string_view taken = text->substr(0, size);
  text->remove_prefix(size);
  return taken;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  if (text == "0") return absl::ZeroDuration();
  constexpr absl::string_view kHow =
      "write whole numbers with units, as 100ms, 90s, 1h30m or 20d";
  absl::string_view rest = text;
  int64_t micros = 0;
  const Unit* next = kUnits;  // the largest that may still come
  do {
    const absl::string_view digits = Take(&rest, absl::ascii_isdigit);
    const absl::string_view name = Take(&rest, absl::ascii_isalpha);
    if (digits.empty()) return Bad(text, kHow);
    const Unit* unit = kUnits;
    while (unit != std::end(kUnits) && unit->name != name) ++unit;
    if (unit == std::end(kUnits)) return Bad(text, kHow);
    if (unit < next) {
      return Bad(text, "each unit comes once, from large to small");
    }
    next = unit + 1;
    int64_t number;
    if (!absl::SimpleAtoi(digits, &number) ||
        number > (kMaxMicros - micros) / unit->micros) {
      return Bad(text, "it is longer than 36500d");
    }
    micros += number * unit->micros;
  } while (!rest.empty());
  return absl::Microseconds(micros);
}

std::string DurationText(absl::Duration duration) {
  int64_t left = duration / absl::Microseconds(1);
  if (left == 0) return "0";
  std::string text;
  for (const Unit& unit : kUnits) {
    const int64_t number = left / unit.micros;
    if (number != 0) absl::StrAppend(&text, number, unit.name);
    left -= number * unit.micros;
  }
  return text;
}

}  // namespace exactmean
