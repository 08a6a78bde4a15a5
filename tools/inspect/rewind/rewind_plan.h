// What a rewind of one partition writes, and how it says so. Pure.

#ifndef EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_PLAN_H_
#define EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/change_set.h"
#include "state/types.h"
#include "tools/inspect/cluster/partition_fold.h"
#include "tools/inspect/dlq/offset_ranges.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// Where to, as the user says it.
struct RewindGoal {
  enum class Kind { kOffset, kTime, kEarliest };
  Kind kind = Kind::kEarliest;
  Offset offset;              // of kOffset
  absl::optional<Offset> at;  // of kTime: what the input has there, if anything
};

// The input offset before which the state shall end. A Stop(kConfig) that names
// partition and reason when it cannot be computed: it lies ahead, before the
// application's first record, or its input is no longer retained.
absl::StatusOr<Offset> ResolveGoal(const RewindGoal& goal,
                                   const results::Checkpoint& checkpoint,
                                   const OffsetRange& input);

// The difference between what a results partition holds and the state that
// shall be there; a value.
struct PartitionRewind {
  Partition partition;
  Offset from;                  // the state's end now
  Offset to;                    // and then
  uint64_t replayed = 0;        // input records folded in anew
  uint64_t bad_records = 0;     // of them
  uint64_t keys_before = 0;     // live ones
  uint64_t keys_after = 0;      // likewise
  uint64_t sequence = 0;        // of the checkpoint to write
  bool reconfigured = false;    // the state was made under other settings
  uint64_t bytes = 0;           // to write
  std::vector<size_t> changed;  // of `changes`: those to write
  std::vector<size_t> changed_segments;  // likewise
  ChangeSet changes{Partition(0), 0};
  std::vector<std::string> deleted;  // keys that get a tombstone
  std::vector<std::string> deleted_segments;
  std::string checkpoint;
  // Input offsets that are in the state then, or will be read.
  std::vector<OffsetSpan> read_again;

  // For the results topic.
  uint64_t records() const {
    return changed.size() + changed_segments.size() + deleted.size() +
           deleted_segments.size() + 1;
  }
};

// `live` is what the partition holds, `replayed` the fold of its input from its
// start offset to before `to`. The checkpoint goes on from the live one, so
// that the chain has no gap, and bears `writer`.
absl::StatusOr<PartitionRewind> PlanRewind(const PartitionFold& live,
                                           ReplayedPartition replayed,
                                           Offset to, absl::string_view writer);

// A table that fits the terminal, and what to know of it.
std::string RewindText(absl::Span<const PartitionRewind> plan,
                       const Terminal& terminal);

// An object a partition; `done`: it was written.
std::string RewindJson(absl::Span<const PartitionRewind> plan, bool done);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REWIND_REWIND_PLAN_H_
