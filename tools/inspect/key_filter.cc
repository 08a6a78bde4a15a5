// Escapes, and the matching of patterns.

#include "tools/inspect/key_filter.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/json.h"

namespace exactmean {
namespace {

absl::StatusOr<std::string> Unescaped(absl::string_view text,
                                      absl::string_view flag) {
  std::string bytes, error;
  if (absl::CUnescape(text, &bytes, &error)) return bytes;
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", text, ": ", error,
                   ". Write a backslash as \\\\, a byte as \\xff"));
}

// Does UTF-8 text hold what a terminal obeys, beyond ASCII: controls (U+0080 to
// U+009F), line ends, or marks that turn the direction of what follows?
bool Misleads(absl::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\xc2' && text[i + 1] < '\xa0') return true;
    if (text[i] != '\xe2') continue;
    const absl::string_view mark = text.substr(i + 1, 2);
    if ((mark >= "\x80\x8e" && mark <= "\x80\x8f") ||
        (mark >= "\x80\xa8" && mark <= "\x80\xae") ||
        (mark >= "\x81\xa6" && mark <= "\x81\xa9")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string PrintableKey(absl::string_view key) {
  return IsUtf8(key) && !Misleads(key) ? absl::Utf8SafeCHexEscape(key)
                                       : absl::CHexEscape(key);
}

std::vector<std::string> KeysMeantBy(absl::string_view word) {
  std::vector<std::string> keys = {std::string(word)};
  std::string bytes;
  if (absl::CUnescape(word, &bytes) && bytes != word) keys.push_back(bytes);
  return keys;
}

absl::StatusOr<KeyFilter> KeyFilter::Create(absl::string_view prefix,
                                            absl::string_view match) {
  KeyFilter filter;
  const auto prefix_bytes = Unescaped(prefix, "prefix");
  if (!prefix_bytes.ok()) return prefix_bytes.status();
  filter.prefix_ = *prefix_bytes;

  // The pattern between its wildcards, with escapes.
  std::string literal;
  const auto end_literal = [&]() -> absl::Status {
    const auto bytes = Unescaped(literal, "match");
    if (!bytes.ok()) return bytes.status();
    for (const char c : *bytes) {
      filter.pattern_.push_back(static_cast<unsigned char>(c));
    }
    literal.clear();
    return absl::OkStatus();
  };
  for (size_t i = 0; i < match.size(); ++i) {
    const char c = match[i];
    if (c == '\\' && i + 1 < match.size()) {
      const char next = match[++i];
      // In octal, of three digits at most: what follows is not drawn in.
      if (next == '*') {
        literal += "\\052";
      } else if (next == '?') {
        literal += "\\077";
      } else {
        literal += {c, next};
      }
    } else if (c == '*' || c == '?') {
      const absl::Status status = end_literal();
      if (!status.ok()) return status;
      filter.pattern_.push_back(c == '*' ? kAnyBytes : kOneByte);
    } else {
      literal += c;
    }
  }
  const absl::Status status = end_literal();
  if (!status.ok()) return status;
  return filter;
}

bool KeyFilter::Matches(absl::string_view key) const {
  return absl::StartsWith(key, prefix_) &&
         (pattern_.empty() || MatchesPattern(key));
}

bool KeyFilter::MatchesPattern(absl::string_view key) const {
  size_t k = 0, p = 0;
  // Behind the last * so far, and where the bytes after it were tried last: to
  // let it take one byte more is the only choice that is ever to be undone.
  size_t after_star = 0, tried = 0;
  bool star = false;
  while (k < key.size()) {
    const int16_t byte = static_cast<unsigned char>(key[k]);
    if (p < pattern_.size() && pattern_[p] == kAnyBytes) {
      star = true;
      after_star = ++p;
      tried = k;
    } else if (p < pattern_.size() &&
               (pattern_[p] == kOneByte || pattern_[p] == byte)) {
      ++p;
      ++k;
    } else if (star) {
      p = after_star;
      k = ++tried;
    } else {
      return false;
    }
  }
  while (p < pattern_.size() && pattern_[p] == kAnyBytes) ++p;
  return p == pattern_.size();
}

}  // namespace exactmean
