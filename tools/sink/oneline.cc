// Oneline.

#include "tools/sink/oneline.h"

#include "absl/strings/ascii.h"

namespace exactmean {

std::string Oneline(absl::string_view text) {
  std::string line(absl::StripAsciiWhitespace(text));
  for (char& c : line) {
    if (c == '\n') c = ' ';
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  return line;
}

}  // namespace exactmean
