// From partitions of a results topic to a writer's rows.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/export/export_writer.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/scan.h"

namespace exactmean {

struct ExportedPartition {
  Partition partition;
  absl::optional<results::Checkpoint> checkpoint;  // absent: no state yet
  uint64_t rows = 0;
  bool held_back = false;  // an open transaction hid what follows
};

// Each partition as of one checkpoint, proven, one after the other: in memory
// are the keys and averages of two, one being read and one being written.
// Calls `writer` on a thread of its own meanwhile; does not call Finish.
// kDataLoss: a newest record is none of ours, or the proof fails;
// kFailedPrecondition: partitions of several configurations.
absl::StatusOr<std::vector<ExportedPartition>> Export(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const KeyFilter& filter, const ScanOptions& options, ExportWriter* writer);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_H_
