// What is wrong with a bad record: a kind for programs, a text for people.

#ifndef EXACTMEAN_PROCESSOR_DEAD_LETTER_BAD_RECORD_H_
#define EXACTMEAN_PROCESSOR_DEAD_LETTER_BAD_RECORD_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace exactmean {

enum class BadRecordKind {
  kNoKey,
  kKeyTooLong,
  kReservedKey,
  kUndecodable,  // no value, or no event time, is found in it
  kOutOfRange,   // of the value or the event time
  kRefused,      // by the pipeline's step
  kGivenUp,      // the step could not tell for now, too often or for too long
};

// As in the header of a dead letter: "no-key", "undecodable", ...
absl::string_view ToString(BadRecordKind kind);

// kInvalidArgument, with the kind as a payload.
absl::Status BadRecord(BadRecordKind kind, absl::string_view why);

// Of an error that says why a record is bad; kUndecodable when it names none,
// as those of decoders do.
BadRecordKind KindOf(const absl::Status& bad);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DEAD_LETTER_BAD_RECORD_H_
