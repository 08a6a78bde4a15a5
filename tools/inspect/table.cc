// Table: widths, and the rows in them.

#include "tools/inspect/table.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr size_t kGap = 2;
// A column of text is not made narrower.
constexpr size_t kNarrowest = 8;

}  // namespace

size_t Table::TotalOf(const std::vector<size_t>& widths) {
  if (widths.empty()) return 0;
  return std::accumulate(widths.begin(), widths.end(),
                         kGap * (widths.size() - 1));
}

std::vector<size_t> Table::Widths(const Terminal& terminal) const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], TextWidth(row[i]));
    }
  }
  if (terminal.width <= 0) return widths;
  const auto room = static_cast<size_t>(terminal.width);
  size_t total = TotalOf(widths);
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
      const bool text = IsText(i);
      const size_t most = std::max(width, kNarrowest);
      size_t used = TextWidth(row[i]);
      std::string shortened;
      const bool cut = text && terminal.width > 0 && used > most;
      if (cut) {
        shortened = Shortened(row[i], most);
        used = TextWidth(shortened);
      }
      const size_t blanks = used < width ? width - used : 0;
      if (i > 0) out.append(kGap, ' ');
      if (!text) out.append(blanks, ' ');
      out += cut ? shortened : row[i];
      if (text) out.append(blanks, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += bold ? "\x1b[0m\n" : "\n";
  }
  return out;
}

bool Table::SaysNothing(size_t column) const {
  for (size_t r = header_ ? 1 : 0; r < rows_.size(); ++r) {
    if (column >= rows_[r].size()) continue;
    const std::string& cell = rows_[r][column];
    if (cell != "0" && cell != "-" && !cell.empty()) return false;
  }
  return true;
}

Table Table::Only(const std::vector<size_t>& columns) const {
  std::set<size_t> text;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (IsText(columns[i])) text.insert(i);
  }
  Table some(std::move(text));
  some.header_ = header_;
  for (const auto& row : rows_) {
    std::vector<std::string> cells;
    for (const size_t column : columns) {
      if (column < row.size()) cells.push_back(row[column]);
    }
    // A row that ends before has said all in the first part.
    const bool told = columns.size() > 1 && columns[1] > 1 && cells.size() == 1;
    if (!told) some.rows_.push_back(std::move(cells));
  }
  return some;
}

std::string Table::InParts(const Terminal& terminal) const {
  std::vector<size_t> widths = Widths(terminal);
  const auto room = static_cast<size_t>(terminal.width);
  if (TotalOf(widths) <= room) return RowsToString(widths, terminal);
  widths = Widths({});
  const size_t most = std::max(kNarrowest, room / 3);
  for (const size_t i : text_) {
    if (i < widths.size()) widths[i] = std::min(widths[i], most);
  }
  std::string text;
  std::vector<size_t> columns = {0};
  std::vector<size_t> its = {widths[0]};
  const auto end_part = [&] {
    absl::StrAppend(&text, text.empty() ? "" : "\n",
                    Only(columns).RowsToString(its, terminal));
    columns = {0};
    its = {widths[0]};
  };
  for (size_t i = 1; i < widths.size(); ++i) {
    if (columns.size() > 1 && TotalOf(its) + kGap + widths[i] > room) {
      end_part();
    }
    columns.push_back(i);
    its.push_back(widths[i]);
  }
  end_part();
  return text;
}

std::string Table::ToString(const Terminal& terminal) const {
  const std::vector<size_t> widths = Widths({});
  const auto room = static_cast<size_t>(std::max(0, terminal.width));
  if (room == 0 || TotalOf(widths) <= room) {
    return RowsToString(widths, terminal);
  }
  std::vector<size_t> shown;
  std::vector<std::string> left_out;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (i == 0 || IsText(i) || !SaysNothing(i)) {
      shown.push_back(i);
    } else if (i < rows_[0].size() && !rows_[0][i].empty()) {
      left_out.push_back(rows_[0][i]);
    }
  }
  std::string text = Only(shown).InParts(terminal);
  if (!left_out.empty()) {
    absl::StrAppend(
        &text,
        Wrapped("0 or - everywhere: " + absl::StrJoin(left_out, ", "),
                terminal.width, 2),
        "\n");
  }
  return text;
}

}  // namespace exactmean
