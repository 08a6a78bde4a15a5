// One pass over the line; fields are views of it, unless they hold a quote.

#include "processor/decoder/csv_fields.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "processor/decoder/excerpt.h"

namespace exactmean {
namespace {

constexpr char kQuote = '"';

// A field as it stands in the line.
struct RawField {
  absl::string_view text;   // between the quotes, if any
  bool has_quotes = false;  // "" in the text stands for "
};

class CsvFields : public FieldReader {
 public:
  explicit CsvFields(const SourceSpec& spec)
      : delimiter_(spec.csv_delimiter),
        value_column_(spec.value_column),
        time_column_(spec.time_format == TimeFormat::kRecordTimestamp
                         ? 0
                         : spec.time_column),
        columns_(spec.csv_columns) {}

  absl::StatusOr<Fields> Read(absl::string_view record) override;

 private:
  absl::StatusOr<RawField> TakeField(absl::string_view* line) const;
  absl::Status CheckColumns(int count, absl::string_view record) const;

  const char delimiter_;
  const int value_column_;
  const int time_column_;  // 0: none
  const int columns_;      // 0: any number
  std::string value_text_;
  std::string time_text_;
};

absl::Status Malformed(absl::string_view why, absl::string_view record) {
  return absl::InvalidArgumentError(
      absl::StrCat("not one line of CSV: ", why, ", in ", Excerpt(record)));
}

// Takes the first field off `line`, but not the delimiter after it.
absl::StatusOr<RawField> CsvFields::TakeField(absl::string_view* line) const {
  RawField field;
  if (line->empty() || line->front() != kQuote) {
    const size_t end = std::min(line->find(delimiter_), line->size());
    field.text = line->substr(0, end);
    line->remove_prefix(end);
    if (field.text.find_first_of("\r\n") != absl::string_view::npos) {
      return absl::InvalidArgumentError("a line end outside of quotes");
    }
    return field;
  }
  size_t end = 1;
  while (true) {
    end = line->find(kQuote, end);
    if (end == absl::string_view::npos) {
      return absl::InvalidArgumentError("a quote is not closed");
    }
    if (end + 1 == line->size() || (*line)[end + 1] != kQuote) break;
    field.has_quotes = true;
    end += 2;
  }
  field.text = line->substr(1, end - 1);
  line->remove_prefix(end + 1);
  if (!line->empty() && line->front() != delimiter_) {
    return absl::InvalidArgumentError("text after a closing quote");
  }
  return field;
}

absl::string_view TextOf(const RawField& field, std::string* unescaped) {
  if (!field.has_quotes) return field.text;
  *unescaped = absl::StrReplaceAll(field.text, {{"\"\"", "\""}});
  return *unescaped;
}

absl::Status CsvFields::CheckColumns(int count,
                                     absl::string_view record) const {
  if (columns_ != 0 && count != columns_) {
    return absl::InvalidArgumentError(
        absl::StrCat(count, " columns instead of the header's ", columns_,
                     ", in ", Excerpt(record)));
  }
  const int needed = std::max(value_column_, time_column_);
  if (count < needed) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no column ", needed, " among ", count, ", in ", Excerpt(record)));
  }
  return absl::OkStatus();
}

absl::StatusOr<Fields> CsvFields::Read(absl::string_view record) {
  absl::string_view line = record;
  if (absl::ConsumeSuffix(&line, "\n")) absl::ConsumeSuffix(&line, "\r");
  Fields fields;
  int column = 0;
  while (true) {
    const absl::StatusOr<RawField> field = TakeField(&line);
    if (!field.ok()) return Malformed(field.status().message(), record);
    ++column;
    if (column == value_column_) fields.value = TextOf(*field, &value_text_);
    if (column == time_column_) fields.time = TextOf(*field, &time_text_);
    if (line.empty()) break;
    line.remove_prefix(1);  // the delimiter: a field follows, perhaps empty
  }
  const absl::Status status = CheckColumns(column, record);
  if (!status.ok()) return status;
  return fields;
}

}  // namespace

std::unique_ptr<FieldReader> MakeCsvFields(const SourceSpec& spec) {
  return std::make_unique<CsvFields>(spec);
}

}  // namespace exactmean
