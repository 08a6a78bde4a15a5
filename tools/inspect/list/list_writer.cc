// ListWriter.

#include "tools/inspect/list/list_writer.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "processor/json.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr size_t kRowsAtOnce = 1000;
constexpr size_t kBytesAtOnce = 64 << 10;
// In a file one long key would make a column of its width.
constexpr size_t kLongestKey = 60;

std::string Header(const Column& column) {
  if (column.window >= 0) return column.name;
  if (column.field == Column::Field::kTime) return "EVENT TIME";
  return absl::AsciiStrToUpper(absl::StrReplaceAll(column.name, {{"_", " "}}));
}

absl::string_view JsonName(const Column& column) {
  switch (column.field) {
    case Column::Field::kTime:
      return "event_time";
    case Column::Field::kAverage:
      return "average";
    case Column::Field::kCount:
      return "count";
    case Column::Field::kMin:
      return "min";
    case Column::Field::kMax:
      return "max";
    case Column::Field::kStddev:
      return "stddev";
    default:
      return column.name;
  }
}

}  // namespace

ListWriter::ListWriter(std::ostream* out, OutputFormat format,
                       const Terminal& terminal,
                       const std::vector<Column>& columns,
                       const std::vector<NamedWindow>& windows)
    : out_(out), format_(format), terminal_(terminal), columns_(columns) {
  if (format_ == OutputFormat::kText) return;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].window >= 0) continue;
    pieces_.push_back({absl::StrCat(",\"", JsonName(columns_[i]), "\":"), i});
  }
  of_key_ = pieces_.size();
  std::string before = ",\"averages\":{";
  for (size_t w = 0; w < windows.size(); ++w) {
    bool first = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].window != static_cast<int>(w)) continue;
      if (first) absl::StrAppend(&before, JsonString(windows[w].name), ":{");
      absl::StrAppend(&before, first ? "" : ",", "\"", JsonName(columns_[i]),
                      "\":");
      pieces_.push_back({before, i});
      before.clear();
      first = false;
    }
    if (!first) before = "},";
  }
  if (pieces_.size() > of_key_) after_ = "}}";
}

void ListWriter::Add(const ListRow& row) {
  ++rows_;
  if (format_ == OutputFormat::kJson) {
    AddJson(row);
  } else {
    AddText(row);
  }
}

void ListWriter::AddText(const ListRow& row) {
  if (rows_ == 1) {
    std::vector<std::string> header = {"KEY"};
    for (const Column& column : columns_) header.push_back(Header(column));
    table_.Add(std::move(header));
  }
  std::vector<std::string> cells;
  cells.reserve(columns_.size() + 1);
  cells.push_back(PrintableKey(row.key));
  if (terminal_.width <= 0) cells[0] = Shortened(cells[0], kLongestKey);
  for (size_t i = 0; i < columns_.size(); ++i) {
    cells.push_back(CellText(columns_[i], row.cells[i]));
  }
  table_.Add(std::move(cells));
  if (++in_table_ >= kRowsAtOnce) FlushTable();
}

void ListWriter::FlushTable() {
  if (widths_.empty()) widths_ = table_.Widths(terminal_);
  *out_ << table_.RowsToString(widths_, terminal_);
  table_.Clear();
  in_table_ = 0;
}

void ListWriter::AddJson(const ListRow& row) {
  absl::StrAppend(&json_, "{\"key\":", JsonString(row.key));
  // Keys that are no text would all look alike.
  if (!IsUtf8(row.key)) {
    absl::StrAppend(&json_, ",\"key_base64\":\"", absl::Base64Escape(row.key),
                    "\"");
  }
  if (row.deleted) absl::StrAppend(&json_, ",\"deleted\":true");
  const size_t pieces = row.deleted ? of_key_ : pieces_.size();
  for (size_t i = 0; i < pieces; ++i) {
    const size_t column = pieces_[i].column;
    absl::StrAppend(&json_, pieces_[i].before,
                    CellJson(columns_[column], row.cells[column]));
  }
  absl::StrAppend(&json_, row.deleted ? "" : after_, "}\n");
  if (json_.size() < kBytesAtOnce) return;
  *out_ << json_;
  json_.clear();
}

void ListWriter::Finish() {
  if (in_table_ > 0) FlushTable();
  *out_ << json_;
  json_.clear();
}

}  // namespace exactmean
