// Text to double: the grammar against a second one, the value against the C
// library's and Abseil's.

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "processor/decoder/number.h"
#include "tests/fuzz/refusal.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

size_t Digits(absl::string_view text, size_t from) {
  size_t end = from;
  while (end < text.size() && absl::ascii_isdigit(text[end])) ++end;
  return end - from;
}

// The length of "e5", "E+05" at `from`; 0 if there is none.
size_t Exponent(absl::string_view text, size_t from) {
  if (from == text.size() || absl::ascii_tolower(text[from]) != 'e') return 0;
  size_t at = from + 1;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const size_t digits = Digits(text, at);
  return digits == 0 ? 0 : at + digits - from;
}

bool IsDecimal(absl::string_view text) {
  size_t at = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  size_t digits = Digits(text, at);
  at += digits;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = Digits(text, ++at);
    digits += fraction;
    at += fraction;
  }
  if (digits == 0) return false;
  return at + Exponent(text, at) == text.size();
}

// The longest number by JSON's grammar at the beginning of `text`.
size_t LongestJsonNumber(absl::string_view text) {
  size_t at = absl::StartsWith(text, "-") ? 1 : 0;
  const size_t whole = Digits(text, at);
  if (whole == 0) return 0;
  at += text[at] == '0' ? 1 : whole;
  if (at < text.size() && text[at] == '.' && Digits(text, at + 1) > 0) {
    at += 1 + Digits(text, at + 1);
  }
  return at + Exponent(text, at);
}

bool SameBits(double a, double b) { return std::memcmp(&a, &b, 8) == 0; }

void CheckNumber(absl::string_view text) {
  const absl::StatusOr<double> number = ParseNumber(text);
  const std::string trimmed(absl::StripAsciiWhitespace(text));
  const double expected = std::strtod(trimmed.c_str(), nullptr);
  if (!IsDecimal(trimmed) || std::isinf(expected)) {
    FUZZ_CHECK(!number.ok(), "accepted");
    CheckBadRecord(number.status());
    return;
  }
  FUZZ_CHECK(number.ok(), number.status().ToString());
  FUZZ_CHECK(SameBits(*number, expected), std::to_string(*number));
  double of_abseil = 0;
  FUZZ_CHECK(absl::SimpleAtod(trimmed, &of_abseil), "SimpleAtod");
  FUZZ_CHECK(SameBits(*number, of_abseil), std::to_string(of_abseil));
}

void CheckJsonNumber(absl::string_view text) {
  const size_t length = JsonNumberLength(text);
  const size_t longest = LongestJsonNumber(text);
  if (length == longest) return;
  // A point or exponent that was begun makes it no number at all.
  FUZZ_CHECK(length == 0, std::to_string(length));
  FUZZ_CHECK(longest < text.size() &&
                 absl::StrContains(".eE", text.substr(longest, 1)),
             std::to_string(longest));
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = exactmean::InputText(data, size);
  exactmean::CheckNumber(text);
  exactmean::CheckJsonNumber(text);
  return 0;
}
