// The tokens of JSON text (RFC 8259), one after the other.

#ifndef EXACTMEAN_PROCESSOR_DECODER_JSON_SCANNER_H_
#define EXACTMEAN_PROCESSOR_DECODER_JSON_SCANNER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// A string as it stands in the text.
struct JsonString {
  absl::string_view
      raw;               // between the quotes; valid UTF-8, escapes well-formed
  bool escaped = false;  // whether there are escapes in it
};

// The text that `raw` stands for; false if a \u escape is half of a surrogate
// pair, which is no character. REQUIRES: `raw` is a JsonString's.
bool UnescapeJson(absl::string_view raw, std::string* text);

// Reads `text` from its beginning; blanks before a token are skipped. A failed
// Take leaves the position where the trouble is.
class JsonScanner {
 public:
  explicit JsonScanner(absl::string_view text)
      : begin_(text.data()), p_(begin_), end_(begin_ + text.size()) {}

  // The next token's first byte; '\0' at the end.
  char Peek() {
    SkipBlanks();
    return p_ == end_ ? '\0' : *p_;
  }

  // Takes the one-byte token `c`, if it is next.
  bool Take(char c) {
    SkipBlanks();
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }

  // Takes the word, if it is next. REQUIRES: Peek was called.
  bool TakeWord(absl::string_view word);

  // REQUIRES: Peek() == '"'.
  bool TakeString(JsonString* out);

  // REQUIRES: Peek was called.
  bool TakeNumber(absl::string_view* out);

  bool AtEnd() {
    SkipBlanks();
    return p_ == end_;
  }

  // In bytes, from 0.
  size_t position() const { return p_ - begin_; }

 private:
  void SkipBlanks() {
    while (p_ != end_ &&
           (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) {
      ++p_;
    }
  }
  bool TakeEscape();
  bool TakeNonAscii();

  const char* begin_;
  const char* p_;
  const char* end_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_JSON_SCANNER_H_
