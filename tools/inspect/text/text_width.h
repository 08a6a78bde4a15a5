// How many columns of a terminal a text takes, and text in so many.

#ifndef EXACTMEAN_TOOLS_INSPECT_TEXT_TEXT_WIDTH_H_
#define EXACTMEAN_TOOLS_INSPECT_TEXT_TEXT_WIDTH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// Of UTF-8 without control characters: a column a character, two for those of
// East Asia and emoji, none for marks that combine with the one before.
size_t TextWidth(absl::string_view text);

// `text`, or its beginning and "...", in at most `columns` (3 at least).
std::string Shortened(absl::string_view text, size_t columns);

// Each line of `text` as lines of at most `columns` (0: not bounded), all but
// its first after `indent` blanks. A word that is longer has a line of its own.
std::string Wrapped(absl::string_view text, int columns, size_t indent);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_TEXT_TEXT_WIDTH_H_
