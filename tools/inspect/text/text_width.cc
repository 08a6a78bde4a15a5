// Widths by ranges of code points: the C library's depend on the locale.

#include "tools/inspect/text/text_width.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace exactmean {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// The blocks that matter of Unicode's EastAsianWidth.txt (W and F), and its
// combining marks.
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
    {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd}};
constexpr Range kCombining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f},
    {0x200b, 0x200f}, {0x20d0, 0x20f0}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

template <size_t N>
bool IsIn(const Range (&ranges)[N], uint32_t c) {
  return std::any_of(ranges, ranges + N, [&](const Range& range) {
    return range.first <= c && c <= range.last;
  });
}

bool Continues(char c) { return (c & 0xc0) == 0x80; }

// Takes the first character off `text`: where it ends, and its width.
size_t TakeCharacter(absl::string_view text, size_t* width) {
  const auto lead = static_cast<unsigned char>(text[0]);
  uint32_t c = lead;
  size_t end = 1;
  if (lead >= 0xc0) {
    c = lead & (lead >= 0xf0 ? 0x07 : lead >= 0xe0 ? 0x0f : 0x1f);
    for (; end < text.size() && Continues(text[end]); ++end) {
      c = c << 6 | (text[end] & 0x3f);
    }
  }
  *width = c < 0x300 ? 1 : IsIn(kCombining, c) ? 0 : IsIn(kWide, c) ? 2 : 1;
  return end;
}

}  // namespace

size_t TextWidth(absl::string_view text) {
  // Nearly all is ASCII, and a list has millions of cells.
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  if (bits < 0x80) return text.size();
  size_t columns = 0;
  while (!text.empty()) {
    size_t width = 0;
    text.remove_prefix(TakeCharacter(text, &width));
    columns += width;
  }
  return columns;
}

std::string Shortened(absl::string_view text, size_t columns) {
  constexpr absl::string_view kEllipsis = "...";
  size_t end = 0;     // of all that was looked at
  size_t kept = 0;    // of what leaves room for the ellipsis
  size_t so_far = 0;  // columns
  while (end < text.size()) {
    size_t width = 0;
    const size_t next = end + TakeCharacter(text.substr(end), &width);
    so_far += width;
    if (so_far + kEllipsis.size() <= columns) kept = next;
    if (so_far > columns) {
      return absl::StrCat(text.substr(0, kept), kEllipsis);
    }
    end = next;
  }
  return std::string(text);
}

std::string Wrapped(absl::string_view text, int columns, size_t indent) {
  const auto most = static_cast<size_t>(std::max(0, columns));
  if (most == 0) return std::string(text);
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.data() != text.data()) out += '\n';
    size_t column = 0;
    bool first = true;
    for (const absl::string_view word : absl::StrSplit(line, ' ')) {
      const size_t width = TextWidth(word);
      if (!first && column + 1 + width > most) {
        absl::StrAppend(&out, "\n", std::string(indent, ' '));
        column = indent;
      } else if (!first) {
        out += ' ';
        ++column;
      }
      absl::StrAppend(&out, word);
      column += width;
      first = false;
    }
  }
  return out;
}

}  // namespace exactmean
