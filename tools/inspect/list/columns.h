// The columns of a list: what they are called, what they hold of a snapshot,
// and how they sort.

#ifndef EXACTMEAN_TOOLS_INSPECT_LIST_COLUMNS_H_
#define EXACTMEAN_TOOLS_INSPECT_LIST_COLUMNS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/text/format.h"

namespace exactmean {

struct Column {
  enum class Field {
    kRecords,
    kTime,
    kPartition,
    kOffset,
    kLastOffset,
    // Of a window:
    kAverage,
    kCount,
    kMin,
    kMax,
    kStddev,
  };
  std::string name;  // as the user gives it
  Field field = Field::kRecords;
  int window = -1;  // in the order of the snapshot's averages

  bool is_real() const {
    return field == Field::kAverage || field == Field::kMin ||
           field == Field::kMax || field == Field::kStddev;
  }
};

// "records", "time", "partition", "offset" (in the results topic),
// "last_offset" (in the input, of the last record folded in), the name of a
// window (its average), and "WINDOW.average", ".count", ".min", ".max",
// ".stddev". kInvalidArgument: there is no such column; the message lists those
// there are.
absl::StatusOr<Column> ParseColumn(absl::string_view name,
                                   const std::vector<NamedWindow>& windows);

// Names with commas between them.
absl::StatusOr<std::vector<Column>> ParseColumns(
    absl::string_view names, const std::vector<NamedWindow>& windows);

// What a table shows of a key when nothing else is asked for, and what JSON.
std::vector<Column> UsualColumns(const std::vector<NamedWindow>& windows);
std::vector<Column> AllColumns(const std::vector<NamedWindow>& windows);
// Those that are left when there is no results topic that an offset is of.
std::vector<Column> ColumnsWithoutOffset(std::vector<Column> columns);

// An integer, or a number as its bits; by the column. kNoCell: the snapshot
// has none.
using Cell = int64_t;
constexpr Cell kNoCell = INT64_MIN;

Cell CellOf(const Column& column, const results::Snapshot& snapshot,
            Partition partition, Offset offset);
double RealOf(Cell cell);
Cell CellOfReal(double value);

// For a table, and as JSON.
std::string CellText(const Column& column, Cell cell);
void AppendCellJson(const Column& column, Cell cell, std::string* out);

// Cells in the order of their numbers, kNoCell last.
uint64_t RankOf(const Column& column, Cell cell);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_LIST_COLUMNS_H_
