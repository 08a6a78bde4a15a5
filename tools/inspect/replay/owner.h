// Whose state a checkpoint is of.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_OWNER_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_OWNER_H_

#include "absl/status/status.h"
#include "proto/result.pb.h"
#include "state/partition_state.h"
#include "state/types.h"

namespace exactmean {

// A Stop(kConfig), in the words of a start, when it is of another application,
// input or configuration than the pipeline's.
absl::Status CheckOwner(const Pipeline& pipeline, Partition partition,
                        const results::Checkpoint& checkpoint);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_OWNER_H_
