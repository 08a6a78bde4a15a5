// IsUtf8, JsonString and JsonNumber.

#include "processor/json.h"

#include <charconv>

#include "absl/strings/str_format.h"
#include "simdjson.h"

namespace exactmean {

bool IsUtf8(absl::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string JsonString(absl::string_view text) {
  const bool utf8 = IsUtf8(text);
  std::string out = "\"";
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
