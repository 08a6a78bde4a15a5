// Writing and reading records of retry topics.

#include "processor/retry_topic/retry_record.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/dead_letter/bad_record.h"

namespace exactmean {
namespace {

absl::StatusOr<Headers> HeadersOfRecord(const void* message) {
  return static_cast<const OwnedRecord*>(message)->headers;
}

}  // namespace

OwnedRecord ToRetryTopic(const DeadLetterOrigin& origin, absl::Time due,
                         OwnedRecord record) {
  record.headers.push_back({std::string(kDueHeader), FormatHeaderTime(due)});
  return ToDeadLetter(origin, std::move(record));
}

absl::StatusOr<RetryRecord> ParseRetryRecord(OwnedRecord written) {
  absl::StatusOr<ParsedDeadLetter> parsed = ParseDeadLetter(std::move(written));
  if (!parsed.ok()) return parsed.status();
  RetryRecord retry;
  Headers& headers = parsed->record.headers;
  if (parsed->origin.kind != ToString(BadRecordKind::kGivenUp) ||
      headers.empty() || headers.back().name != kDueHeader ||
      !headers.back().value.has_value() ||
      !ParseHeaderTime(*headers.back().value, &retry.due)) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has no header ", kDueHeader, " that is a time"));
  }
  headers.pop_back();
  retry.origin = std::move(parsed->origin);
  retry.record = std::move(parsed->record);
  return retry;
}

LogRecord ToLogRecord(const RetryRecord& retry) {
  LogRecord record;
  record.partition = retry.origin.partition;
  record.offset = retry.origin.offset;
  record.timestamp_ms = retry.origin.timestamp_ms;
  record.key = absl::optional<absl::string_view>(retry.record.key);
  record.value = absl::optional<absl::string_view>(retry.record.value);
  record.read_headers = &HeadersOfRecord;
  record.message = &retry.record;
  return record;
}

}  // namespace exactmean
