// Durations as the configuration writes them, and reads them back to the user.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_DURATION_H_
#define EXACTMEAN_PROCESSOR_CONFIG_DURATION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace exactmean {

// The longest duration that a configuration may hold: a hundred years. Event
// times and durations then add up within int64 microseconds.
constexpr absl::Duration kMaxDuration = absl::Hours(24 * 36500);

// "100ms", "90s", "1h30m", "20d", "0": whole numbers with the units d, h, m, s,
// ms and us, each at most once and from large to small; "0" needs no unit.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

// The shortest text that ParseDuration reads as `duration`. REQUIRES: whole
// microseconds, not negative.
std::string DurationText(absl::Duration duration);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_DURATION_H_
