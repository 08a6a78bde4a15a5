// Text in columns.

#ifndef EXACTMEAN_TOOLS_INSPECT_TABLE_H_
#define EXACTMEAN_TOOLS_INSPECT_TABLE_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace exactmean {

// The first row is the header. The first column is aligned to the left, the
// others to the right.
class Table {
 public:
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  std::string ToString() const {
    std::vector<size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()));
      for (size_t i = 0; i < row.size(); ++i) {
        widths[i] = std::max(widths[i], row[i].size());
      }
    }
    std::string out;
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string blanks(widths[i] - row[i].size(), ' ');
        out += i == 0 ? row[i] + (row.size() > 1 ? blanks : "")
                      : "  " + blanks + row[i];
      }
      out += '\n';
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_TABLE_H_
