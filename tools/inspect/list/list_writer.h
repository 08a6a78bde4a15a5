// A list as a table or as JSON, written while it comes.

#ifndef EXACTMEAN_TOOLS_INSPECT_LIST_LIST_WRITER_H_
#define EXACTMEAN_TOOLS_INSPECT_LIST_LIST_WRITER_H_

#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tools/inspect/list/columns.h"
#include "tools/inspect/list/list.h"
#include "tools/inspect/session.h"
#include "tools/inspect/table.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// Formats some thousand rows at once, on threads of its own, and writes on that
// of its caller. The widths of a table are those of its first thousand rows.
// When these are wider than the terminal, the last columns are left out, and a
// line at the end names them.
// JSON is an object a row:
//   {"key":"IBM","partition":0,"records":3,"last_offset":2,
//    "event_time":"2018-03-27T00:00:00Z",
//    "averages":{"sma20":{"average":1.5,"count":3,...}}}
// with those members that there are columns for, and "key_base64" when the key
// is no UTF-8. Of a deleted key: {"key":...,"deleted":true,...}.
class ListWriter {
 public:
  // `out` outlives this object. `way`: how to see columns that were left out;
  // empty: none may be.
  ListWriter(std::ostream* out, OutputFormat format, const Terminal& terminal,
             const std::vector<Column>& columns,
             const std::vector<NamedWindow>& windows, std::string way = "");

  void Add(const ListRow& row);
  // Writes what is left. To be called once, last.
  void Finish();

  size_t rows() const { return rows_; }

 private:
  // Copies of rows, one after the other.
  struct Rows {
    struct Row {
      size_t key_size;
      bool deleted;
    };
    bool first = false;  // a table's header comes before them
    std::vector<Row> rows;
    std::string keys;
    std::vector<Cell> cells;

    void ForEach(size_t columns,
                 absl::FunctionRef<void(const ListRow&)> visit) const;
  };

  void HandOver();
  // Of the table: its widths, and which columns it has.
  void Fit();
  void WriteFirst();
  // Of all rows; on any thread.
  std::string Format(const Rows& rows) const;
  Table ToTable(const Rows& rows) const;
  void AppendJson(const ListRow& row, std::string* json) const;

  std::ostream* const out_;
  const OutputFormat format_;
  const Terminal terminal_;
  const std::vector<Column> columns_;
  const std::string way_;
  size_t shown_;  // of the columns, by a table
  size_t rows_ = 0;
  std::vector<size_t> widths_;  // of the table; empty: not known yet

  // What stands before each cell, in the order in which cells are written.
  struct Piece {
    std::string before;
    size_t column;
  };
  std::vector<Piece> pieces_;
  size_t of_key_ = 0;  // pieces that are no window's
  std::string after_;

  std::unique_ptr<Rows> gathered_ = std::make_unique<Rows>();
  std::deque<std::future<std::string>> formatted_;  // in their order
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_LIST_LIST_WRITER_H_
