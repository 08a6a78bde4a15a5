// Columns by name; cells.

#include "tools/inspect/list/columns.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "processor/json.h"

namespace exactmean {
namespace {

using Field = Column::Field;

struct Named {
  absl::string_view name;
  Field field;
};

constexpr Named kOfKey[] = {{"records", Field::kRecords},
                            {"time", Field::kTime},
                            {"partition", Field::kPartition},
                            {"offset", Field::kOffset},
                            {"last_offset", Field::kLastOffset}};
constexpr Named kOfWindow[] = {{"average", Field::kAverage},
                               {"count", Field::kCount},
                               {"min", Field::kMin},
                               {"max", Field::kMax},
                               {"stddev", Field::kStddev}};

bool NeedsSpread(Field field) {
  return field == Field::kMin || field == Field::kMax ||
         field == Field::kStddev;
}

absl::Status NoSuchColumn(absl::string_view name,
                          const std::vector<NamedWindow>& windows) {
  std::vector<absl::string_view> names;
  for (const Named& of_key : kOfKey) names.push_back(of_key.name);
  for (const NamedWindow& window : windows) names.push_back(window.name);
  return absl::InvalidArgumentError(absl::StrCat(
      "no column \"", name, "\"; there are ", absl::StrJoin(names, ", "),
      ", and with a window's name .count, .min, .max, .stddev (an ewma has "
      "average and count alone)"));
}

}  // namespace

absl::StatusOr<Column> ParseColumn(absl::string_view name,
                                   const std::vector<NamedWindow>& windows) {
  Column column;
  column.name = std::string(name);
  for (const Named& of_key : kOfKey) {
    if (name != of_key.name) continue;
    column.field = of_key.field;
    return column;
  }
  for (size_t i = 0; i < windows.size(); ++i) {
    absl::string_view rest = name;
    if (!absl::ConsumePrefix(&rest, windows[i].name)) continue;
    if (rest.empty()) rest = ".average";
    if (!absl::ConsumePrefix(&rest, ".")) continue;
    for (const Named& of_window : kOfWindow) {
      if (rest != of_window.name) continue;
      if (NeedsSpread(of_window.field) && !windows[i].has_spread) continue;
      column.field = of_window.field;
      column.window = static_cast<int>(i);
      return column;
    }
  }
  return NoSuchColumn(name, windows);
}

absl::StatusOr<std::vector<Column>> ParseColumns(
    absl::string_view names, const std::vector<NamedWindow>& windows) {
  std::vector<Column> columns;
  for (const absl::string_view name : absl::StrSplit(names, ',')) {
    auto column = ParseColumn(absl::StripAsciiWhitespace(name), windows);
    if (!column.ok()) return column.status();
    for (const Column& other : columns) {
      if (other.field != column->field || other.window != column->window) {
        continue;
      }
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", column->name, "\" is given twice"));
    }
    columns.push_back(*std::move(column));
  }
  return columns;
}

std::vector<Column> UsualColumns(const std::vector<NamedWindow>& windows) {
  std::vector<Column> columns = {{"records", Field::kRecords, -1},
                                 {"time", Field::kTime, -1}};
  for (size_t i = 0; i < windows.size(); ++i) {
    columns.push_back({windows[i].name, Field::kAverage, static_cast<int>(i)});
  }
  return columns;
}

std::vector<Column> AllColumns(const std::vector<NamedWindow>& windows) {
  std::vector<Column> columns;
  for (const Named& of_key : kOfKey) {
    columns.push_back({std::string(of_key.name), of_key.field, -1});
  }
  for (size_t i = 0; i < windows.size(); ++i) {
    for (const Named& of_window : kOfWindow) {
      if (NeedsSpread(of_window.field) && !windows[i].has_spread) continue;
      columns.push_back({absl::StrCat(windows[i].name, ".", of_window.name),
                         of_window.field, static_cast<int>(i)});
    }
  }
  return columns;
}

std::vector<Column> ColumnsWithoutOffset(std::vector<Column> columns) {
  columns.erase(std::remove_if(columns.begin(), columns.end(),
                               [](const Column& column) {
                                 return column.field == Field::kOffset;
                               }),
                columns.end());
  return columns;
}

Cell CellOf(const Column& column, const results::Snapshot& snapshot,
            Partition partition, Offset offset) {
  switch (column.field) {
    case Field::kRecords:
      return static_cast<Cell>(snapshot.records());
    case Field::kTime:
      return snapshot.event_time();
    case Field::kPartition:
      return partition.value();
    case Field::kOffset:
      return offset.value();
    case Field::kLastOffset:
      return snapshot.last_offset();
    default:
      break;
  }
  if (column.window >= snapshot.averages_size()) return kNoCell;
  const results::Average& average = snapshot.averages(column.window);
  switch (column.field) {
    case Field::kCount:
      return static_cast<Cell>(average.count());
    case Field::kMin:
      return CellOfReal(average.min());
    case Field::kMax:
      return CellOfReal(average.max());
    case Field::kStddev:
      return CellOfReal(average.stddev());
    default:
      return CellOfReal(average.average());
  }
}

double RealOf(Cell cell) {
  double value;
  std::memcpy(&value, &cell, sizeof(value));
  return value;
}

// The bits of -0 are kNoCell; 0 says the same.
Cell CellOfReal(double value) {
  Cell cell;
  value += 0.0;
  std::memcpy(&cell, &value, sizeof(cell));
  return cell;
}

std::string CellText(const Column& column, Cell cell) {
  if (cell == kNoCell) return "-";
  if (column.field == Field::kTime) return TimeText(cell);
  return column.is_real() ? NumberText(RealOf(cell)) : absl::StrCat(cell);
}

void AppendCellJson(const Column& column, Cell cell, std::string* out) {
  if (cell == kNoCell) {
    *out += "null";
  } else if (column.field == Field::kTime) {
    *out += '"';
    AppendTimeText(cell, out);
    *out += '"';
  } else if (column.is_real()) {
    AppendJsonNumber(RealOf(cell), out);
  } else {
    absl::StrAppend(out, cell);
  }
}

uint64_t RankOf(const Column& column, Cell cell) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  if (cell == kNoCell) return UINT64_MAX;
  const auto bits = static_cast<uint64_t>(cell);
  // Negative doubles run backwards.
  if (column.is_real() && (bits & kSign) != 0) return ~bits;
  return bits ^ kSign;
}

}  // namespace exactmean
