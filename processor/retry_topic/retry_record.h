// The form of a record in a retry topic: that of a dead letter, and when it is
// due.

#ifndef EXACTMEAN_PROCESSOR_RETRY_TOPIC_RETRY_RECORD_H_
#define EXACTMEAN_PROCESSOR_RETRY_TOPIC_RETRY_RECORD_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/log.h"
#include "state/record.h"

namespace exactmean {

// When the record is tried again, UTC, to the millisecond.
constexpr absl::string_view kDueHeader = "exactmean.due";

struct RetryRecord {
  DeadLetterOrigin origin;  // `kind` is that of what was given up
  absl::Time due;
  OwnedRecord record;  // as it was in the input
};

OwnedRecord ToRetryTopic(const DeadLetterOrigin& origin, absl::Time due,
                         OwnedRecord record);

// kInvalidArgument: it is none, or of another version.
absl::StatusOr<RetryRecord> ParseRetryRecord(OwnedRecord written);

// The record as it was read from the input; views of `retry`.
LogRecord ToLogRecord(const RetryRecord& retry);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RETRY_TOPIC_RETRY_RECORD_H_
