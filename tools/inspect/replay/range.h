// The stretches of the input that lie between two positions.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_RANGE_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_RANGE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "processor/input_position.h"
#include "processor/topic_reader.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// From the one position to before the other: offsets are taken at their word
// where they are in the log, a time that no record has reached is the last
// stable offset, as latest is. kOutOfRange: an offset is not in the log;
// kInvalidArgument: one is missing, or `from` lies behind `to`. REQUIRES:
// neither is committed.
absl::StatusOr<std::vector<Stretch>> StretchesBetween(
    TopicReader* input, absl::Span<const Partition> partitions,
    const InputPosition& from, const InputPosition& to);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_RANGE_H_
