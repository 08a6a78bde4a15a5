// Text, or a record's timestamp, to event time.

#ifndef EXACTMEAN_PROCESSOR_DECODER_EVENT_TIME_H_
#define EXACTMEAN_PROCESSOR_DECODER_EVENT_TIME_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "processor/decoder/source_spec.h"
#include "state/types.h"

namespace exactmean {

// Event times lie in the years 1 to 9999. That keeps every sum with a window's
// length inside int64, and a time in the wrong unit outside.
constexpr EventTime kMinEventTime(-62'135'596'800'000'000);
constexpr EventTime kMaxEventTime(253'402'300'799'999'999);

// Of a record's timestamp: milliseconds since the epoch; negative: it has none.
absl::StatusOr<EventTime> EventTimeOfRecord(int64_t timestamp_ms);

// Of text, by `format`, blanks around it aside; what is finer than a
// microsecond is cut off, towards the past.
//   epoch:    a decimal number, exactly, an exponent allowed: "1.7e9"
//   ISO 8601: "2015-01-31", then maybe 'T' or a blank and "16:00", ":30",
//             ".123456789", then maybe "Z" or "+01:00". No time of day is
//             midnight, no zone is UTC. No leap seconds, no hour 24.
// REQUIRES: format is not kRecordTimestamp.
absl::StatusOr<EventTime> ParseEventTime(absl::string_view text,
                                         TimeFormat format);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_EVENT_TIME_H_
