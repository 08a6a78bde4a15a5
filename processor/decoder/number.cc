// Wraps absl::from_chars, which does the rounding, with the grammar we allow.

#include "processor/decoder/number.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
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

}  // namespace

absl::StatusOr<double> ParseNumber(absl::string_view text) {
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
