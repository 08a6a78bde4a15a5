// CheckOwner.

#include "tools/inspect/replay/owner.h"

#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {

absl::Status CheckOwner(const Pipeline& pipeline, Partition partition,
                        const results::Checkpoint& checkpoint) {
  // A restore of the checkpoint alone: who it is of is looked at first, and the
  // rest of the proof, which takes all keys, fails otherwise.
  PartitionState probe(&pipeline, partition);
  absl::Status status = probe.Restore(kCheckpointKey, EncodeResult(checkpoint));
  if (!status.ok()) return status;
  status = probe.FinishRestore().status();
  if (!absl::IsFailedPrecondition(status)) return absl::OkStatus();
  return Stop(StopReason::kConfig,
              absl::StrCat("partition ", partition.value(),
                           ": the state is not that of this configuration: ",
                           status.message()));
}

}  // namespace exactmean
