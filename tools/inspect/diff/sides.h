// The states that diff compares: now, at an input offset, or as another
// configuration would have made it.

#ifndef EXACTMEAN_TOOLS_INSPECT_DIFF_SIDES_H_
#define EXACTMEAN_TOOLS_INSPECT_DIFF_SIDES_H_

#include <map>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/diff/state_diff.h"
#include "tools/inspect/past/asked_offset.h"
#include "tools/inspect/past/state_at.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/scan.h"

namespace exactmean {

using DiffSides = std::map<Partition, DiffSide>;

// The newest committed state.
absl::StatusOr<DiffSides> SidesNow(TopicReader* results,
                                   absl::Span<const Partition> partitions,
                                   const ScanOptions& options);

// As ReadStatesAt has it.
absl::StatusOr<DiffSides> SidesAt(const ReplaySource& source,
                                  const StateSources& sources,
                                  const std::map<Partition, AskedOffset>& asked,
                                  const ScanOptions& options);

// What `other` makes of the records that are in `live`, of SidesNow. When some
// are no longer retained, what the rest gives, with its `cut`, if that can be
// compared at all. Bad records are passed over. A Stop(kConfig) when `live` is
// not of `source`.
absl::StatusOr<DiffSides> SidesOfShadow(const ReplaySource& source,
                                        const ReplaySource& other,
                                        const StateSources& sources,
                                        const DiffSides& live,
                                        const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DIFF_SIDES_H_
