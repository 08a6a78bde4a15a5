// IsUtf8, JsonString and JsonNumber.

#include "processor/json.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "simdjson.h"

namespace exactmean {
namespace {

// Six decimals at most, as most numbers have that somebody has measured: at a
// fraction of what the shortest text of any number costs. Of 15 digits no two
// are the same double: so there is none shorter. False: left to others.
bool AppendDecimal(double value, std::string* out) {
  constexpr uint64_t kScale = 1000000;
  constexpr uint32_t kShorterWithExponent = 100000;  // 1e+05
  const double magnitude = std::fabs(value);
  if (!(magnitude >= 0.001 && magnitude < 1e9)) return false;
  const auto digits = static_cast<uint64_t>(magnitude * kScale + 0.5);
  if (static_cast<double>(digits) / kScale != magnitude) return false;
  auto whole = static_cast<uint32_t>(digits / kScale);
  auto fraction = static_cast<uint32_t>(digits % kScale);
  if (fraction == 0 && whole >= kShorterWithExponent) return false;
  char buffer[24];
  char* const end = buffer + sizeof(buffer);
  char* first = end;
  if (fraction > 0) {
    int decimals = 6;
    for (; fraction % 10 == 0; fraction /= 10) --decimals;
    for (; decimals > 0; --decimals, fraction /= 10) {
      *--first = static_cast<char>('0' + fraction % 10);
    }
    *--first = '.';
  }
  do {
    *--first = static_cast<char>('0' + whole % 10);
    whole /= 10;
  } while (whole > 0);
  if (value < 0) *--first = '-';
  out->append(first, static_cast<size_t>(end - first));
  return true;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string JsonString(absl::string_view text) {
  const bool utf8 = IsUtf8(text);
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(&out, "\\u%04x", byte);
    } else if (byte >= 0x80 && !utf8) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

void AppendJsonNumber(double value, std::string* out) {
  if (AppendDecimal(value, out)) return;
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out->append(buffer, result.ptr);
}

std::string JsonNumber(double value) {
  std::string out;
  AppendJsonNumber(value, &out);
  return out;
}

}  // namespace exactmean
