// Writing and reading the headers of dead letters.

#include "processor/dead_letter/dead_letter.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "processor/dead_letter/bad_record.h"

namespace exactmean {
namespace {

// The last headers of a dead letter, in this order. Headers of the record's own
// may have the same names: it is their place that tells them apart.
enum Field {
  kTopic,
  kPartition,
  kOffset,
  kTimestamp,
  kKind,
  kError,
  kApplication,
  kTime,
  kAttempts,
  kFields
};
constexpr absl::string_view kNames[kFields] = {
    "exactmean.topic",       "exactmean.partition",  "exactmean.offset",
    "exactmean.timestamp",   "exactmean.error_kind", "exactmean.error",
    "exactmean.application", "exactmean.time",       kAttemptsHeader};

constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%E3SZ";

absl::optional<std::string> Copy(
    const absl::optional<absl::string_view>& bytes) {
  if (!bytes.has_value()) return absl::nullopt;
  return std::string(bytes->data(), bytes->size());
}

absl::Status NoLetter(absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("not a dead letter of exactmean: ", why));
}

bool WasGivenUp(const DeadLetterOrigin& origin) {
  return origin.kind == ToString(BadRecordKind::kGivenUp);
}

template <typename Int>
bool Read(const std::string& text, Int* to) {
  return absl::SimpleAtoi(text, to);
}

}  // namespace

std::string FormatHeaderTime(absl::Time time) {
  return absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone());
}

bool ParseHeaderTime(const std::string& text, absl::Time* time) {
  return absl::ParseTime(kTimeFormat, text, time, nullptr);
}

absl::Status CopyRecord(const LogRecord& record, OwnedRecord* copy) {
  copy->key = Copy(record.key);
  copy->value = Copy(record.value);
  copy->timestamp_ms = record.timestamp_ms;
  absl::StatusOr<Headers> headers = HeadersOf(record);
  if (!headers.ok()) return headers.status();
  copy->headers = *std::move(headers);
  return absl::OkStatus();
}

int AttemptsOf(const Headers& headers) {
  const auto last = std::find_if(headers.rbegin(), headers.rend(),
                                 [](const RecordHeader& header) {
                                   return header.name == kAttemptsHeader;
                                 });
  int attempts = 0;
  if (last == headers.rend() || !last->value.has_value() ||
      !Read(*last->value, &attempts)) {
    return 0;
  }
  return std::min(std::max(attempts, 0), 1000000);  // so that it can be counted
}

OwnedRecord ToDeadLetter(const DeadLetterOrigin& origin, OwnedRecord record) {
  std::string values[kFields];
  values[kTopic] = origin.topic;
  values[kPartition] = absl::StrCat(origin.partition.value());
  values[kOffset] = absl::StrCat(origin.offset.value());
  values[kTimestamp] = absl::StrCat(origin.timestamp_ms);
  values[kKind] = origin.kind;
  values[kError] = origin.error;
  values[kApplication] = origin.application;
  values[kTime] = FormatHeaderTime(origin.time);
  values[kAttempts] = absl::StrCat(origin.attempts);
  if (WasGivenUp(origin)) {
    record.headers.push_back(
        {std::string(kTriesHeader), absl::StrCat(origin.tries)});
  }
  for (int i = 0; i < kFields; ++i) {
    record.headers.push_back({std::string(kNames[i]), std::move(values[i])});
  }
  return record;
}

absl::StatusOr<ParsedDeadLetter> ParseDeadLetter(OwnedRecord letter) {
  Headers& headers = letter.headers;
  if (headers.size() < kFields) return NoLetter("its headers are missing");
  const size_t first = headers.size() - kFields;
  std::string values[kFields];
  for (size_t i = 0; i < kFields; ++i) {
    RecordHeader& header = headers[first + i];
    if (header.name != kNames[i] || !header.value.has_value()) {
      return NoLetter(absl::StrCat("it ends without a header ", kNames[i]));
    }
    values[i] = *std::move(header.value);
  }
  headers.resize(first);
  ParsedDeadLetter parsed;
  DeadLetterOrigin& origin = parsed.origin;
  int32_t partition = 0;
  int64_t offset = 0;
  if (!Read(values[kPartition], &partition) ||
      !Read(values[kOffset], &offset) ||
      !Read(values[kTimestamp], &origin.timestamp_ms) ||
      !Read(values[kAttempts], &origin.attempts) || partition < 0 ||
      offset < 0 || !IsLastOffset(Offset(offset)) || origin.attempts < 1) {
    return NoLetter("a number in its headers cannot be read");
  }
  if (!ParseHeaderTime(values[kTime], &origin.time)) {
    return NoLetter(absl::StrCat("its time is none: ", values[kTime]));
  }
  origin.partition = Partition(partition);
  origin.offset = Offset(offset);
  origin.topic = std::move(values[kTopic]);
  origin.kind = std::move(values[kKind]);
  origin.error = std::move(values[kError]);
  origin.application = std::move(values[kApplication]);
  if (WasGivenUp(origin)) {
    if (headers.empty() || headers.back().name != kTriesHeader ||
        !headers.back().value.has_value() ||
        !Read(*headers.back().value, &origin.tries)) {
      return NoLetter(absl::StrCat("it is without its header ", kTriesHeader));
    }
    headers.pop_back();
  }
  parsed.record = std::move(letter);
  parsed.record.timestamp_ms = origin.timestamp_ms;
  return parsed;
}

OwnedRecord ToRedriven(const ParsedDeadLetter& letter) {
  OwnedRecord record = letter.record;
  Headers& headers = record.headers;
  headers.erase(std::remove_if(headers.begin(), headers.end(),
                               [](const RecordHeader& header) {
                                 return header.name == kAttemptsHeader;
                               }),
                headers.end());
  headers.push_back(
      {std::string(kAttemptsHeader), absl::StrCat(letter.origin.attempts)});
  return record;
}

}  // namespace exactmean
