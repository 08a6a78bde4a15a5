// ListWriter.

#include "tools/inspect/list/list_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "processor/json.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr size_t kRowsAtOnce = 1000;
constexpr size_t kThreads = 2;
// In a file one long key would make a column of its width: it stands out.
constexpr size_t kLongestKey = 60;
// Columns are left out before a key is cut to less.
constexpr size_t kKeyOnTerminal = 24;

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
                       const std::vector<NamedWindow>& windows, std::string way)
    : out_(out),
      format_(format),
      terminal_(terminal),
      columns_(columns),
      way_(std::move(way)),
      shown_(columns.size()) {
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
  gathered_->first = gathered_->first || rows_ == 0;
  ++rows_;
  gathered_->rows.push_back({row.key.size(), row.deleted});
  gathered_->keys.append(row.key.data(), row.key.size());
  gathered_->cells.insert(gathered_->cells.end(), row.cells.begin(),
                          row.cells.end());
  if (gathered_->rows.size() >= kRowsAtOnce) HandOver();
}

void ListWriter::HandOver() {
  if (format_ == OutputFormat::kText && widths_.empty()) Fit();
  if (formatted_.size() >= kThreads) WriteFirst();
  formatted_.push_back(std::async(
      std::launch::async,
      [this, rows = std::move(gathered_)] { return Format(*rows); }));
  gathered_ = std::make_unique<Rows>();
}

void ListWriter::Fit() {
  const Table table = ToTable(*gathered_);
  widths_ = table.Widths({});
  if (terminal_.width <= 0) {
    widths_[0] = std::min(widths_[0], kLongestKey);
    return;
  }
  const auto room = static_cast<size_t>(terminal_.width);
  if (Table::TotalOf(widths_) <= room) return;
  if (way_.empty()) {
    widths_ = table.Widths(terminal_);
    return;
  }
  const size_t key = widths_[0];
  widths_[0] = std::min(key, kKeyOnTerminal);
  while (widths_.size() > 2 && Table::TotalOf(widths_) > room) {
    widths_.pop_back();
  }
  const size_t total = Table::TotalOf(widths_);
  if (total < room) widths_[0] = std::min(key, widths_[0] + room - total);
  shown_ = widths_.size() - 1;
}

void ListWriter::Rows::ForEach(
    size_t columns, absl::FunctionRef<void(const ListRow&)> visit) const {
  ListRow row;
  const char* key = keys.data();
  for (size_t i = 0; i < rows.size(); ++i) {
    row.key = {key, rows[i].key_size};
    row.deleted = rows[i].deleted;
    row.cells = absl::MakeConstSpan(cells).subspan(i * columns, columns);
    visit(row);
    key += rows[i].key_size;
  }
}

std::string ListWriter::Format(const Rows& rows) const {
  if (format_ == OutputFormat::kText) {
    return ToTable(rows).RowsToString(widths_, terminal_);
  }
  std::string json;
  rows.ForEach(columns_.size(),
               [&](const ListRow& row) { AppendJson(row, &json); });
  return json;
}

Table ListWriter::ToTable(const Rows& rows) const {
  Table table;
  if (rows.first) {
    std::vector<std::string> header = {"KEY"};
    for (size_t i = 0; i < shown_; ++i) header.push_back(Header(columns_[i]));
    table.Add(std::move(header));
  } else {
    table.Clear();
  }
  rows.ForEach(columns_.size(), [&](const ListRow& row) {
    std::vector<std::string> cells;
    cells.reserve(shown_ + 1);
    cells.push_back(PrintableKey(row.key));
    for (size_t i = 0; i < shown_; ++i) {
      cells.push_back(CellText(columns_[i], row.cells[i]));
    }
    table.Add(std::move(cells));
  });
  return table;
}

void ListWriter::AppendJson(const ListRow& row, std::string* json) const {
  absl::StrAppend(json, "{", JsonObject().AddKey(row.key).members());
  if (row.deleted) *json += ",\"deleted\":true";
  const size_t pieces = row.deleted ? of_key_ : pieces_.size();
  for (size_t i = 0; i < pieces; ++i) {
    const size_t column = pieces_[i].column;
    *json += pieces_[i].before;
    AppendCellJson(columns_[column], row.cells[column], json);
  }
  absl::StrAppend(json, row.deleted ? "" : after_, "}\n");
}

void ListWriter::WriteFirst() {
  *out_ << formatted_.front().get();
  formatted_.pop_front();
}

void ListWriter::Finish() {
  if (!gathered_->rows.empty()) HandOver();
  while (!formatted_.empty()) WriteFirst();
  if (shown_ == columns_.size()) return;
  std::vector<absl::string_view> left_out;
  for (size_t i = shown_; i < columns_.size(); ++i) {
    left_out.push_back(columns_[i].name);
  }
  *out_ << Wrapped(absl::StrCat("no room for ", absl::StrJoin(left_out, ", "),
                                ": ", way_),
                   terminal_.width, 2)
        << "\n";
}

}  // namespace exactmean
