// The form of a dead letter: the record as it was, and headers that say where
// it comes from and what is wrong with it.

#ifndef EXACTMEAN_PROCESSOR_DEAD_LETTER_DEAD_LETTER_H_
#define EXACTMEAN_PROCESSOR_DEAD_LETTER_DEAD_LETTER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/log.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

// How often the record has become a dead letter; on a record that was redriven,
// how often it had. The last header of the name counts.
constexpr absl::string_view kAttemptsHeader = "exactmean.attempts";

// Of a record that the step was asked for in vain: how often.
constexpr absl::string_view kTriesHeader = "exactmean.tries";

// What the headers of a dead letter say.
struct DeadLetterOrigin {
  std::string topic;  // of the input
  Partition partition;
  Offset offset;
  // Of the record, milliseconds; -1: none. The dead letter's own timestamp is
  // the same, unless its topic stamps records itself or it is 0, which
  // librdkafka takes for none.
  int64_t timestamp_ms = -1;
  std::string kind;  // ToString(BadRecordKind)
  // How often the step was asked before it was given up; written, under
  // kTriesHeader, of the kind kGivenUp alone.
  int tries = 0;
  std::string error;  // for people
  std::string application;
  absl::Time time;   // when it was found to be bad; to the millisecond
  int attempts = 1;  // this one included
};

// A dead letter, taken apart again.
struct ParsedDeadLetter {
  DeadLetterOrigin origin;
  OwnedRecord record;  // as it was in the input
};

// As times stand in headers: UTC, to the millisecond.
std::string FormatHeaderTime(absl::Time time);
bool ParseHeaderTime(const std::string& text, absl::Time* time);

// A copy, headers included. kDataLoss: they cannot be read; `record` then has
// all else.
absl::Status CopyRecord(const LogRecord& record, OwnedRecord* copy);

// Of the record's headers: 0 if it never was a dead letter.
int AttemptsOf(const Headers& headers);

// Adds headers behind the record's own, which stay as they are.
OwnedRecord ToDeadLetter(const DeadLetterOrigin& origin, OwnedRecord record);

// kInvalidArgument: it is no dead letter, or of another version.
absl::StatusOr<ParsedDeadLetter> ParseDeadLetter(OwnedRecord letter);

// The record as it goes back to the input: with its own headers, timestamp and
// bytes, and its attempts.
OwnedRecord ToRedriven(const ParsedDeadLetter& letter);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DEAD_LETTER_DEAD_LETTER_H_
