// Byte by byte, never past the end, without allocating.

#include "processor/decoder/json_scanner.h"

#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "processor/decoder/number.h"

namespace exactmean {
namespace {

// Neither the end of a string, nor an escape, nor refused, nor beyond ASCII.
bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

uint32_t HexValue(char c) {
  if (absl::ascii_isdigit(c)) return c - '0';
  return absl::ascii_tolower(c) - 'a' + 10;
}

// REQUIRES: four hexadecimal digits.
uint32_t CodeUnit(absl::string_view digits) {
  uint32_t unit = 0;
  for (const char c : digits) unit = unit * 16 + HexValue(c);
  return unit;
}

void AppendUtf8(uint32_t code, std::string* text) {
  if (code < 0x80) {
    text->push_back(static_cast<char>(code));
    return;
  }
  if (code < 0x800) {
    text->push_back(static_cast<char>(0xC0 | code >> 6));
  } else {
    if (code < 0x10000) {
      text->push_back(static_cast<char>(0xE0 | code >> 12));
    } else {
      text->push_back(static_cast<char>(0xF0 | code >> 18));
      text->push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    }
    text->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
  }
  text->push_back(static_cast<char>(0x80 | (code & 0x3F)));
}

// Takes one character off `raw`, which begins behind "\u".
bool TakeCode(absl::string_view* raw, uint32_t* code) {
  *code = CodeUnit(raw->substr(0, 4));
  raw->remove_prefix(4);
  if (*code < 0xD800 || *code > 0xDFFF) return true;
  if (*code > 0xDBFF || !absl::StartsWith(*raw, "\\u")) return false;
  const uint32_t low = CodeUnit(raw->substr(2, 4));
  raw->remove_prefix(6);
  if (low < 0xDC00 || low > 0xDFFF) return false;
  *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

char SimpleEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;  // '"', '\\' and '/' stand for themselves
  }
}

}  // namespace

bool UnescapeJson(absl::string_view raw, std::string* text) {
  text->clear();
  while (!raw.empty()) {
    if (raw.front() != '\\') {
      text->push_back(raw.front());
      raw.remove_prefix(1);
      continue;
    }
    const char kind = raw[1];
    raw.remove_prefix(2);
    if (kind != 'u') {
      text->push_back(SimpleEscape(kind));
      continue;
    }
    uint32_t code;
    if (!TakeCode(&raw, &code)) return false;
    AppendUtf8(code, text);
  }
  return true;
}

bool JsonScanner::TakeWord(absl::string_view word) {
  if (!absl::StartsWith(absl::string_view(p_, end_ - p_), word)) return false;
  p_ += word.size();
  return true;
}

bool JsonScanner::TakeNumber(absl::string_view* out) {
  const absl::string_view rest(p_, end_ - p_);
  *out = rest.substr(0, JsonNumberLength(rest));
  p_ += out->size();
  return !out->empty();
}

bool JsonScanner::TakeString(JsonString* out) {
  const char* const begin = ++p_;
  out->escaped = false;
  while (true) {
    while (p_ != end_ && IsPlain(*p_)) ++p_;
    if (p_ == end_) return false;
    if (*p_ == '"') break;
    if (*p_ == '\\') {
      out->escaped = true;
      if (!TakeEscape()) return false;
    } else if (!TakeNonAscii()) {
      return false;
    }
  }
  out->raw = absl::string_view(begin, p_ - begin);
  ++p_;
  return true;
}

bool JsonScanner::TakeEscape() {
  if (end_ - p_ < 2) return false;
  if (p_[1] != 'u') {
    const bool known =
        absl::string_view("\"\\/bfnrt").find(p_[1]) != absl::string_view::npos;
    if (known) p_ += 2;
    return known;
  }
  if (end_ - p_ < 6) return false;
  for (int i = 2; i < 6; ++i) {
    if (!absl::ascii_isxdigit(p_[i])) return false;
  }
  p_ += 6;
  return true;
}

// One character of two to four bytes, as Unicode's table of well-formed
// sequences (3-7) has it: no overlong form, no surrogate, none past U+10FFFF.
bool JsonScanner::TakeNonAscii() {
  const auto byte = [this](int i) { return static_cast<unsigned char>(p_[i]); };
  const unsigned first = byte(0);
  int size = 0;
  unsigned low = 0x80, high = 0xBF;  // of the second byte
  if (first >= 0xC2 && first <= 0xDF) {
    size = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    size = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    size = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  }
  if (size == 0 || end_ - p_ < size) return false;
  if (byte(1) < low || byte(1) > high) return false;
  for (int i = 2; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return false;
  }
  p_ += size;
  return true;
}

}  // namespace exactmean
