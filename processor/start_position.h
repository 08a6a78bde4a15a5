// Where a partition's reading starts, given what the group and the results
// topic say. Pure.
//
//   group's offset     checkpoint   reading starts
//   none               none         as configured (input.start)
//   another program's  none         there, if input.start is "committed"
//   ours               none         not at all: the state is gone
//   none               n            at n
//   n                  n            at n
//   before n           n            at n, if written without transactions
//   after n            n            at the group's, under AT_MOST_ONCE: lost
//   else               n            not at all: they contradict each other
//
// and nowhere but within what the input retains.

#ifndef EXACTMEAN_PROCESSOR_START_POSITION_H_
#define EXACTMEAN_PROCESSOR_START_POSITION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/input_position.h"
#include "processor/log.h"
#include "state/delivery_mode.h"
#include "state/types.h"

namespace exactmean {

struct StartPosition {
  enum class Source {
    kBoth,        // group and checkpoint agree
    kCheckpoint,  // the group's offset is gone
    kTakenOver,   // another program's offset, as configured
    kFresh,       // neither: as configured
    kAhead,       // the checkpoint: the group's offset lags behind it
    kGroup,       // at most once: the group has passed more than the state
  };
  Offset offset;
  Source source = Source::kFresh;
  int64_t lost = 0;  // offsets that the group has passed, and the state has not
};

struct StartInput {
  Partition partition;
  absl::optional<Offset> group;       // committed offset
  absl::optional<Offset> checkpoint;  // next_offset of the proven state
  DeliveryMode mode = DeliveryMode::kExactlyOnce;     // of now
  DeliveryMode written = DeliveryMode::kExactlyOnce;  // of the checkpoint
  OffsetRange range;                                  // what the input retains
  InputPosition fresh;
  // Who committed the group's offset.
  bool group_is_ours = true;
  // Of a fresh start at a time: the first record, or the end as it was before
  // that was asked.
  absl::optional<Offset> at_time;
};

// Stop(kState) names both offsets, and the way out, when they contradict each
// other or lie outside of what is retained; Stop(kConfig) when the configured
// start names no place in this partition.
absl::StatusOr<StartPosition> DecideStart(const StartInput& input);

absl::string_view ToString(StartPosition::Source source);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_START_POSITION_H_
