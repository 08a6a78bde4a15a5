// Text in columns.

#ifndef EXACTMEAN_TOOLS_INSPECT_TABLE_H_
#define EXACTMEAN_TOOLS_INSPECT_TABLE_H_

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/inspect/terminal.h"

namespace exactmean {

// Rows of cells, the first row being the header: printable UTF-8. Columns of
// text are aligned to the left, those of numbers to the right.
class Table {
 public:
  // `text` are the columns of text, from 0.
  explicit Table(std::set<size_t> text = {0}) : text_(std::move(text)) {}

  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  // The header is bold where the terminal shows it. When the rows are wider
  // than the terminal: columns of numbers that have 0 or "-" in every row are
  // left out, and a line under the table names them; then the widest columns of
  // text are shortened; then the columns that still have no room follow below,
  // each part with the first column. A number is never shortened.
  std::string ToString(const Terminal& terminal = {}) const;

  // The widths of the columns in one part; text is shortened for `terminal`.
  std::vector<size_t> Widths(const Terminal& terminal) const;
  // Of a row in columns of these widths.
  static size_t TotalOf(const std::vector<size_t>& widths);
  // Rows in columns of these widths: what needs more, gets more.
  std::string RowsToString(const std::vector<size_t>& widths,
                           const Terminal& terminal) const;

  // Forgets the rows, and knows that the header was printed.
  void Clear() {
    rows_.clear();
    header_ = false;
  }

 private:
  bool IsText(size_t column) const { return text_.count(column) > 0; }
  // Is there 0 or "-" in every row?
  bool SaysNothing(size_t column) const;
  Table Only(const std::vector<size_t>& columns) const;
  std::string InParts(const Terminal& terminal) const;

  std::set<size_t> text_;
  std::vector<std::vector<std::string>> rows_;
  bool header_ = true;  // is the first of rows_
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_TABLE_H_
