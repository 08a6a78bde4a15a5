// Wraps absl::from_chars, which does the rounding, with the grammar we allow.

#include "processor/decoder/number.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/excerpt.h"

namespace exactmean {
namespace {

absl::Status NotANumber(absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat(Excerpt(text), " is not a decimal number"));
}

// Steps over digits; whether there were any.
bool SkipDigits(const char** p, const char* end) {
  const char* const begin = *p;
  while (*p != end && absl::ascii_isdigit(**p)) ++*p;
  return *p != begin;
}

// Of a sign, up to 15 digits and a point among them, as most numbers are.
// Digits and power of ten are doubles without error then, and so one division
// rounds right (Clinger, "How to read floating point numbers accurately",
// 1990).
absl::optional<double> ShortNumber(absl::string_view text) {
  constexpr double kTenTo[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  if (end - p > 16) return absl::nullopt;
  int64_t digits = 0;
  int count = 0, after_point = 0;
  bool point = false;
  for (; p != end; ++p) {
    if (*p == '.' && !point) {
      point = true;
    } else if (absl::ascii_isdigit(*p)) {
      digits = digits * 10 + (*p - '0');
      ++count;
      after_point += point ? 1 : 0;
    } else {
      return absl::nullopt;
    }
  }
  if (count == 0 || count > 15) return absl::nullopt;
  const double number = static_cast<double>(digits) / kTenTo[after_point];
  return negative ? -number : number;
}

}  // namespace

absl::StatusOr<double> ParseNumber(absl::string_view text) {
  const absl::optional<double> short_number = ShortNumber(text);
  if (short_number.has_value()) return *short_number;
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text);
  const char* begin = trimmed.data();
  const char* const end = begin + trimmed.size();
  // from_chars knows no '+', and would take "inf", "nan" and "0x10".
  const char* first = begin;
  if (first != end && (*first == '+' || *first == '-')) ++first;
  if (first == end || !(absl::ascii_isdigit(*first) || *first == '.')) {
    return NotANumber(text);
  }
  if (end - first > 1 && (first[1] == 'x' || first[1] == 'X')) {
    return NotANumber(text);
  }
  if (*begin == '+') begin = first;

  double number = std::numeric_limits<double>::quiet_NaN();
  const absl::from_chars_result result = absl::from_chars(begin, end, number);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) {
    return NotANumber(text);
  }
  if (result.ec == std::errc::result_out_of_range) {
    if (std::abs(number) < 1) return std::copysign(0.0, number);
    return absl::InvalidArgumentError(
        absl::StrCat(Excerpt(text), " is too large for a double"));
  }
  return number;
}

size_t JsonNumberLength(absl::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p != end && *p == '-') ++p;
  if (p != end && *p == '0') {
    ++p;
  } else if (!SkipDigits(&p, end)) {
    return 0;
  }
  if (p != end && *p == '.') {
    ++p;
    if (!SkipDigits(&p, end)) return 0;
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!SkipDigits(&p, end)) return 0;
  }
  return p - text.data();
}

}  // namespace exactmean
