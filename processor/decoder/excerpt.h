// What of a record's bytes an error message may show.

#ifndef EXACTMEAN_PROCESSOR_DECODER_EXCERPT_H_
#define EXACTMEAN_PROCESSOR_DECODER_EXCERPT_H_

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The beginning of `text`, quoted, printable ASCII, and at most 100 characters
// long, whatever its bytes are.
inline std::string Excerpt(absl::string_view text) {
  constexpr size_t kMost = 94;  // what the quotes and "..." leave
  std::string shown = absl::CHexEscape(text.substr(0, kMost));
  if (shown.size() <= kMost && text.size() <= kMost) {
    return absl::StrCat("\"", shown, "\"");
  }
  shown.resize(kMost);
  // An escape cut in two would show another byte.
  const size_t escape = shown.find_last_of('\\');
  if (escape != std::string::npos && escape + 4 > kMost) shown.resize(escape);
  return absl::StrCat("\"", shown, "\"...");
}

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_EXCERPT_H_
