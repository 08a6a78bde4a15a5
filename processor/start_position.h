// Where a partition's reading starts, given what the group and the results
// topic say: the table of the README, and nothing else. Pure.

#ifndef EXACTMEAN_PROCESSOR_START_POSITION_H_
#define EXACTMEAN_PROCESSOR_START_POSITION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "state/delivery_mode.h"
#include "state/types.h"

namespace exactmean {

enum class FreshStart { kEarliest, kLatest };

struct StartPosition {
  enum class Source {
    kBoth,        // group and checkpoint agree
    kCheckpoint,  // the group's offset is gone
    kFresh,       // neither: as configured
    kAhead,       // the checkpoint: the group's offset lags behind it
    kGroup,       // at most once: the group has passed more than the state
  };
  Offset offset;
  Source source = Source::kFresh;
  int64_t lost = 0;  // offsets that the group has passed, and the state has not
};

struct StartInput {
  absl::optional<Offset> group;       // committed offset
  absl::optional<Offset> checkpoint;  // next_offset of the proven state
  DeliveryMode mode = DeliveryMode::kExactlyOnce;     // of now
  DeliveryMode written = DeliveryMode::kExactlyOnce;  // of the checkpoint
  OffsetRange range;                                  // what the input retains
  FreshStart fresh = FreshStart::kEarliest;
};

// Stop(kState) names both offsets, and the way out, when they contradict each
// other or lie outside of what is retained.
absl::StatusOr<StartPosition> DecideStart(const StartInput& input);

absl::string_view ToString(StartPosition::Source source);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_START_POSITION_H_
