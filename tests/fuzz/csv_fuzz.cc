// One line of CSV, against a state machine that reads a character at a time;
// and fields that are written come back. Four bytes choose the columns and the
// delimiter, the rest is the record.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/csv_fields.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/source_spec.h"
#include "tests/fuzz/refusal.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

using Columns = std::vector<std::string>;

// nullopt: not one line of CSV.
absl::optional<Columns> Split(absl::string_view line, char delimiter) {
  if (!line.empty() && line.back() == '\n') {
    line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  }
  enum { kBegin, kPlain, kQuoted, kQuoteInQuoted } state = kBegin;
  Columns columns(1);
  for (const char c : line) {
    if (state == kQuoted) {
      if (c == '"') {
        state = kQuoteInQuoted;
      } else {
        columns.back().push_back(c);
      }
    } else if (state == kQuoteInQuoted && c == '"') {
      columns.back().push_back(c);
      state = kQuoted;
    } else if (c == delimiter) {
      columns.emplace_back();
      state = kBegin;
    } else if (state == kQuoteInQuoted || c == '\r' || c == '\n') {
      return absl::nullopt;
    } else if (state == kBegin && c == '"') {
      state = kQuoted;
    } else {
      columns.back().push_back(c);
      state = kPlain;
    }
  }
  if (state == kQuoted) return absl::nullopt;
  return columns;
}

std::string Join(const Columns& columns, char delimiter) {
  std::string line;
  for (const std::string& column : columns) {
    if (!line.empty()) line.push_back(delimiter);
    absl::StrAppend(&line, "\"", absl::StrReplaceAll(column, {{"\"", "\"\""}}),
                    "\"");
  }
  return line;
}

void CheckRecord(const SourceSpec& spec, absl::string_view record) {
  const std::unique_ptr<FieldReader> reader = MakeCsvFields(spec);
  const absl::StatusOr<Fields> fields = reader->Read(record);
  const absl::optional<Columns> columns = Split(record, spec.csv_delimiter);
  const int count =
      columns.has_value() ? static_cast<int>(columns->size()) : -1;
  if (!columns.has_value() || count < spec.value_column ||
      count < spec.time_column ||
      (spec.csv_columns != 0 && count != spec.csv_columns)) {
    FUZZ_CHECK(!fields.ok(), "accepted");
    return CheckBadRecord(fields.status());
  }
  FUZZ_CHECK(fields.ok(), fields.status().ToString());
  const std::string& value = columns->at(spec.value_column - 1);
  const std::string time =
      spec.time_column == 0 ? "" : columns->at(spec.time_column - 1);
  FUZZ_CHECK(fields->value == value, value);
  FUZZ_CHECK(fields->time == time, time);
  // The same reader again, on the same fields, all quoted.
  const std::string quoted = Join(*columns, spec.csv_delimiter);
  const absl::StatusOr<Fields> again = reader->Read(quoted);
  FUZZ_CHECK(again.ok(), again.status().ToString());
  FUZZ_CHECK(again->value == value && again->time == time, quoted);
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  exactmean::SourceSpec spec;
  spec.format = exactmean::SourceSpec::Format::kCsv;
  spec.csv_delimiter = ",;\t| "[data[0] % 5];
  spec.value_column = 1 + data[1] % 4;
  spec.time_column = data[2] % 4;
  spec.time_format = spec.time_column == 0
                         ? exactmean::TimeFormat::kRecordTimestamp
                         : exactmean::TimeFormat::kIso8601;
  spec.csv_columns = data[3] % 5;
  exactmean::CheckRecord(spec, exactmean::InputText(data + 4, size - 4));
  return 0;
}
