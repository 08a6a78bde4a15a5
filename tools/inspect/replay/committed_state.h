// The committed state of results partitions, as they are now.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_COMMITTED_STATE_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_COMMITTED_STATE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/replay/stored_snapshots.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// Every record of a transaction that is seen is seen: what is read ends where
// no transaction is undecided. So the keys are those of the checkpoint, but for
// what somebody else wrote. What an owner wrote that had lost the partition is
// passed over, as by a restore.
struct CommittedState {
  // Live ones that were asked for, whole unless their segments do not fit them.
  // A reserved key that nobody knows is here, too, as is a segment of no key:
  // it is none of the state's.
  StoredSnapshots keys;
  // Of their records as they lie there.
  uint64_t digest = 0;

  absl::optional<results::Checkpoint> checkpoint;
  uint64_t records = 0;

  // Records after the checkpoint: of nobody's commit, or, without transactions,
  // of a step that is not whole.
  uint64_t after_checkpoint = 0;
  // A transaction that does not end hides what follows.
  bool transaction_open = false;
};

// Why the keys are not those of the checkpoint, though nobody else wrote;
// empty: they are.
std::string WhyUnsettled(const CommittedState& state);

// Where a step is being written without a transaction, waits for its end, up to
// the patience. kDataLoss, with partition and offset: a record that no
// processor wrote. `reader` reads committed records.
absl::StatusOr<std::map<Partition, CommittedState>> ReadCommittedStates(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options,
    absl::FunctionRef<bool(absl::string_view key)> wanted);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_COMMITTED_STATE_H_
