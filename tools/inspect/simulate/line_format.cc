// LineParser.

#include "tools/inspect/simulate/line_format.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "processor/decoder/event_time.h"
#include "processor/decoder/field_reader.h"

namespace exactmean {
namespace {

// Takes what stands before `separator` off the beginning of `*rest`.
absl::optional<absl::string_view> TakeField(absl::string_view separator,
                                            absl::string_view* rest) {
  const size_t at = rest->find(separator);
  if (at == absl::string_view::npos) return absl::nullopt;
  const absl::string_view field = rest->substr(0, at);
  rest->remove_prefix(at + separator.size());
  return field;
}

// Milliseconds since 1970 when it is a whole number, else ISO 8601.
absl::StatusOr<int64_t> ParseTimestamp(absl::string_view text) {
  const bool number =
      !text.empty() && absl::c_all_of(text, absl::ascii_isdigit);
  const absl::StatusOr<EventTime> time = ParseEventTime(
      text, number ? TimeFormat::kEpochMillis : TimeFormat::kIso8601);
  if (!time.ok()) {
    return absl::Status(time.status().code(),
                        absl::StrCat("the line's ", time.status().message()));
  }
  return absl::ToUnixMillis(absl::FromUnixMicros(time->value()));
}

absl::Status Without(absl::string_view what, absl::string_view separator) {
  return absl::InvalidArgumentError(
      absl::StrCat("the line has no ", what, ": \"",
                   absl::CHexEscape(separator), "\" is not in it"));
}

}  // namespace

LineParser::LineParser(LineFormat format)
    : format_(std::move(format)),
      key_reader_(format_.key_source.has_value()
                      ? MakeFieldReader(*format_.key_source)
                      : nullptr) {}

absl::StatusOr<LogRecord> LineParser::Parse(uint64_t number,
                                            absl::string_view line) {
  LogRecord record;
  record.offset = Offset(static_cast<int64_t>(number) - 1);
  absl::string_view rest = line;
  if (!format_.timestamp_separator.empty()) {
    const auto text = TakeField(format_.timestamp_separator, &rest);
    if (!text.has_value()) {
      return Without("timestamp", format_.timestamp_separator);
    }
    const auto timestamp = ParseTimestamp(*text);
    if (!timestamp.ok()) return timestamp.status();
    record.timestamp_ms = *timestamp;
  } else if (format_.timestamp_step.has_value()) {
    record.timestamp_ms = absl::ToInt64Milliseconds(*format_.timestamp_step *
                                                    record.offset.value());
  }
  if (!format_.key_separator.empty()) {
    record.key = TakeField(format_.key_separator, &rest);
    if (!record.key.has_value()) return Without("key", format_.key_separator);
  } else if (key_reader_ != nullptr) {
    const absl::StatusOr<Fields> fields = key_reader_->Read(rest);
    if (!fields.ok()) return fields.status();
    record.key = fields->value;
  } else {
    record.key = format_.key;
  }
  if (!rest.empty() || !format_.empty_is_null) record.value = rest;
  return record;
}

}  // namespace exactmean
