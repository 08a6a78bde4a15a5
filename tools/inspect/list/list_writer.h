// A list as a table or as JSON, written while it comes.

#ifndef EXACTMEAN_TOOLS_INSPECT_LIST_LIST_WRITER_H_
#define EXACTMEAN_TOOLS_INSPECT_LIST_LIST_WRITER_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/inspect/list/columns.h"
#include "tools/inspect/list/list.h"
#include "tools/inspect/session.h"
#include "tools/inspect/table.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// The widths of a table are those of its first thousand rows. JSON is an object
// a row:
//   {"key":"IBM","partition":0,"records":3,"last_offset":2,
//    "event_time":"2018-03-27T00:00:00Z",
//    "averages":{"sma20":{"average":1.5,"count":3,...}}}
// with those members that there are columns for, and "key_base64" when the key
// is no UTF-8. Of a deleted key: {"key":...,"deleted":true,...}.
class ListWriter {
 public:
  // `out` outlives this object.
  ListWriter(std::ostream* out, OutputFormat format, const Terminal& terminal,
             const std::vector<Column>& columns,
             const std::vector<NamedWindow>& windows);

  void Add(const ListRow& row);
  // Writes what is left. To be called once, last.
  void Finish();

  size_t rows() const { return rows_; }

 private:
  void AddText(const ListRow& row);
  void AddJson(const ListRow& row);
  void FlushTable();

  std::ostream* const out_;
  const OutputFormat format_;
  const Terminal terminal_;
  const std::vector<Column> columns_;
  size_t rows_ = 0;

  Table table_;
  size_t in_table_ = 0;
  std::vector<size_t> widths_;  // empty: not known yet

  // What stands before each cell, in the order in which cells are written.
  struct Piece {
    std::string before;
    size_t column;
  };
  std::vector<Piece> pieces_;
  size_t of_key_ = 0;  // pieces that are no window's
  std::string after_;
  std::string json_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_LIST_LIST_WRITER_H_
