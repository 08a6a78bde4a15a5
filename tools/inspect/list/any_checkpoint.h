// A checkpoint of a results topic, found without reading it all.

#ifndef EXACTMEAN_TOOLS_INSPECT_LIST_ANY_CHECKPOINT_H_
#define EXACTMEAN_TOOLS_INSPECT_LIST_ANY_CHECKPOINT_H_

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// The newest of one of the stretches, for what all have in common: windows and
// fingerprint. Reads from their ends backwards: a checkpoint is the last record
// of every transaction. nullopt: there is none. kDataLoss, with partition and
// offset: the newest of a partition is none; one that a good one follows does
// not matter.
absl::StatusOr<absl::optional<results::Checkpoint>> AnyCheckpoint(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_LIST_ANY_CHECKPOINT_H_
