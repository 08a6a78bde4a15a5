// The canonical text of a SourceSpec. The fingerprint of every state holds it:
// a changed word here makes all of them strangers.

#include "processor/decoder/source_spec.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace exactmean {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text), "\"");
}

absl::string_view NameOf(TimeFormat format) {
  switch (format) {
    case TimeFormat::kRecordTimestamp:
      return "record timestamp";
    case TimeFormat::kEpochSeconds:
      return "epoch seconds";
    case TimeFormat::kEpochMillis:
      return "epoch milliseconds";
    case TimeFormat::kEpochMicros:
      return "epoch microseconds";
    case TimeFormat::kIso8601:
      return "ISO 8601";
  }
  return "unknown";
}

std::string TimeOf(const SourceSpec& spec, absl::string_view where) {
  if (spec.time_format == TimeFormat::kRecordTimestamp) {
    return "; time: record timestamp";
  }
  const std::string limit =
      spec.max_ahead_us == INT64_MAX
          ? ""
          : absl::StrCat(", at most ", spec.max_ahead_us, " us ahead");
  return absl::StrCat("; time: ", where, ", ", NameOf(spec.time_format), limit);
}

}  // namespace

std::string Describe(const SourceSpec& spec) {
  switch (spec.format) {
    case SourceSpec::Format::kJson:
      return absl::StrCat("JSON; value: ", Quoted(spec.value_pointer),
                          TimeOf(spec, Quoted(spec.time_pointer)));
    case SourceSpec::Format::kCsv:
      return absl::StrCat(
          "CSV, delimiter ", Quoted(absl::string_view(&spec.csv_delimiter, 1)),
          spec.csv_columns == 0 ? ""
                                : absl::StrCat(", columns ", spec.csv_columns),
          "; value: column ", spec.value_column,
          TimeOf(spec, absl::StrCat("column ", spec.time_column)));
    case SourceSpec::Format::kNumber:
      return absl::StrCat("number", TimeOf(spec, ""));
  }
  return "unknown";
}

}  // namespace exactmean
