// One partition's committed state against a replay of its input.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_COMPARE_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_COMPARE_H_

#include "state/partition_state.h"
#include "tools/inspect/replay/committed_state.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/replay/verify.h"

namespace exactmean {

// Everything is compared. REQUIRES: the replay began at the checkpoint's start.
// Takes the keys out of `committed`.
void CompareWhole(const VerifyOptions& options, CommittedState* committed,
                  ReplayedPartition* replayed, PartitionVerdict* verdict);

// The replay began later, where the input is retained from, without what came
// before. Of a key whose records all lie there everything is compared, of
// others the count windows: the values they hold there do not depend on what is
// gone. REQUIRES: KeysAreIndependent(spec).
void CompareTail(const Pipeline& pipeline, const VerifyOptions& options,
                 CommittedState* committed, ReplayedPartition* replayed,
                 PartitionVerdict* verdict);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_COMPARE_H_
