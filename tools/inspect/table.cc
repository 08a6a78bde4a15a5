// Table: widths, and the rows in them.

#include "tools/inspect/table.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr size_t kGap = 2;
// A column of text is not made narrower.
constexpr size_t kNarrowest = 8;

}  // namespace

std::vector<size_t> Table::Widths(const Terminal& terminal) const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  if (terminal.width <= 0 || widths.empty()) return widths;
  const auto room = static_cast<size_t>(terminal.width);
  size_t total =
      std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  while (total > room) {
    size_t* widest = nullptr;
    for (const size_t i : text_) {
      if (i >= widths.size() || widths[i] <= kNarrowest) continue;
      if (widest == nullptr || widths[i] > *widest) widest = &widths[i];
    }
    if (widest == nullptr) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::RowsToString(const std::vector<size_t>& widths,
                                const Terminal& terminal) const {
  std::string out;
  for (size_t r = 0; r < rows_.size(); ++r) {
    const auto& row = rows_[r];
    const bool bold = r == 0 && header_ && terminal.colour;
    if (bold) out += "\x1b[1m";
    for (size_t i = 0; i < row.size(); ++i) {
      const size_t width = i < widths.size() ? widths[i] : 0;
      const size_t most = std::max(width, kNarrowest);
      size_t used = TextWidth(row[i]);
      std::string shortened;
      const bool cut = IsText(i) && terminal.width > 0 && used > most;
      if (cut) {
        shortened = Shortened(row[i], most);
        used = TextWidth(shortened);
      }
      const std::string& cell = cut ? shortened : row[i];
      const std::string blanks(used < width ? width - used : 0, ' ');
      if (i > 0) out.append(kGap, ' ');
      absl::StrAppend(&out, IsText(i) ? "" : blanks, cell,
                      IsText(i) ? blanks : "");
    }
    out.erase(out.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, bold ? "\x1b[0m" : "", "\n");
  }
  return out;
}

std::string Table::ToString(const Terminal& terminal) const {
  return RowsToString(Widths(terminal), terminal);
}

}  // namespace exactmean
