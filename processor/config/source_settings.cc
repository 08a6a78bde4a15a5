// Checks pointers and columns, and finds columns by their names.

#include "processor/config/source_settings.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/config/checks.h"
#include "processor/config/problems.h"
#include "processor/decoder/json_pointer.h"
#include "processor/decoder/source_spec.h"
#include "proto/config.pb.h"

namespace exactmean {
namespace {

constexpr int kMaxColumn = 100000;
// The default of max_ahead, which proto/config.proto tells.
constexpr absl::Duration kMaxAhead = absl::Hours(24);
constexpr absl::string_view kTimeField = "input.event_time.field";

void CheckPointer(absl::string_view pointer, absl::string_view field,
                  Problems* problems) {
  if (pointer.empty()) {
    problems->Add(field, "required: a JSON pointer, as \"/price\"");
    return;
  }
  const absl::StatusOr<JsonPointer> parsed = ParseJsonPointer(pointer);
  if (!parsed.ok()) problems->Add(field, parsed.status().message());
}

absl::optional<TimeFormat> ReadTimeFormat(
    config::EventTime::TimeFormat format) {
  switch (format) {
    case config::EventTime::EPOCH_SECONDS:
      return TimeFormat::kEpochSeconds;
    case config::EventTime::EPOCH_MILLIS:
      return TimeFormat::kEpochMillis;
    case config::EventTime::EPOCH_MICROS:
      return TimeFormat::kEpochMicros;
    case config::EventTime::ISO_8601:
      return TimeFormat::kIso8601;
    default:
      return absl::nullopt;
  }
}

char ReadDelimiter(const std::string& delimiter, Problems* problems) {
  if (delimiter.empty()) return ',';
  const char c = delimiter.front();
  if (delimiter.size() > 1 || !absl::ascii_isascii(c) ||
      absl::ascii_isalnum(c) ||
      absl::string_view("\"\r\n.+-").find(c) != absl::string_view::npos) {
    problems->Add("input.csv.delimiter",
                  absl::StrCat("\"", absl::CHexEscape(delimiter),
                               "\" must be one character that is in no number, "
                               "as \",\", \";\" or \"\\t\""));
  }
  return c;
}

// The names of the columns; none without a header.
std::vector<std::string> ReadHeader(const config::Csv& csv, char delimiter) {
  std::vector<std::string> names;
  if (csv.header().empty()) return names;
  for (const absl::string_view name : absl::StrSplit(csv.header(), delimiter)) {
    names.emplace_back(absl::StripAsciiWhitespace(name));
  }
  return names;
}

// The number of a column, from 1; 0 if there is no such column.
int ReadColumn(const std::string& column, const std::vector<std::string>& names,
               absl::string_view field, Problems* problems) {
  if (column.empty()) {
    problems->Add(field,
                  "required: the name of a column in input.csv.header, or its "
                  "number, from 1");
    return 0;
  }
  const auto named = std::find(names.begin(), names.end(), column);
  if (named != names.end()) {
    if (std::count(named, names.end(), column) > 1) {
      problems->Add(
          field, absl::StrCat("input.csv.header names several "
                              "columns \"",
                              absl::CHexEscape(column), "\": give the number"));
    }
    return static_cast<int>(named - names.begin()) + 1;
  }
  int number = 0;
  const int last = names.empty() ? kMaxColumn : static_cast<int>(names.size());
  if (absl::SimpleAtoi(column, &number) && number >= 1 && number <= last) {
    return number;
  }
  problems->Add(
      field,
      absl::StrCat(
          "no column \"", absl::CHexEscape(column), "\": ",
          names.empty()
              ? "it is a number from 1, unless input.csv.header names "
                "the columns"
              : absl::StrCat("input.csv.header has ",
                             absl::CHexEscape(absl::StrJoin(names, ", ")))));
  return 0;
}

void ReadCsv(const config::Input& input, SourceSpec* spec, Problems* problems) {
  spec->format = SourceSpec::Format::kCsv;
  spec->csv_delimiter = ReadDelimiter(input.csv().delimiter(), problems);
  const std::vector<std::string> names =
      ReadHeader(input.csv(), spec->csv_delimiter);
  spec->csv_columns = static_cast<int>(names.size());
  spec->value_column =
      ReadColumn(input.csv().value(), names, "input.csv.value", problems);
  if (input.has_event_time()) {
    spec->time_column =
        ReadColumn(input.event_time().field(), names, kTimeField, problems);
  }
}

void ReadJson(const config::Input& input, SourceSpec* spec,
              Problems* problems) {
  spec->format = SourceSpec::Format::kJson;
  spec->value_pointer = input.json().value();
  CheckPointer(spec->value_pointer, "input.json.value", problems);
  if (input.has_event_time()) {
    spec->time_pointer = input.event_time().field();
    CheckPointer(spec->time_pointer, kTimeField, problems);
  }
}

}  // namespace

SourceSpec ReadSource(const config::Input& input, Problems* problems) {
  SourceSpec spec;
  if (input.has_event_time()) {
    const absl::optional<TimeFormat> format =
        ReadTimeFormat(input.event_time().format());
    if (!format.has_value()) {
      problems->Add("input.event_time.format",
                    "required: EPOCH_SECONDS, EPOCH_MILLIS, EPOCH_MICROS or "
                    "ISO_8601");
    }
    spec.time_format = format.value_or(TimeFormat::kIso8601);
    spec.max_ahead_us = absl::ToInt64Microseconds(
        ReadDuration(input.event_time().max_ahead(),
                     "input.event_time.max_ahead", absl::ZeroDuration(),
                     absl::Hours(24) * 365 * 10000, problems)
            .value_or(kMaxAhead));
  }
  switch (input.decoder_case()) {
    case config::Input::kJson:
      ReadJson(input, &spec, problems);
      break;
    case config::Input::kCsv:
      ReadCsv(input, &spec, problems);
      break;
    case config::Input::kNumber:
      spec.format = SourceSpec::Format::kNumber;
      if (input.has_event_time()) {
        problems->Add("input.event_time",
                      "a plain number has no field for it: leave it out, and "
                      "the record's timestamp serves");
      }
      break;
    case config::Input::DECODER_NOT_SET:
      problems->Add("input",
                    "needs one of json, csv and number: how the number is "
                    "found in a record's value");
      break;
  }
  return spec;
}

}  // namespace exactmean
