// The protocol of a commit: one transaction for all that changed.

#ifndef EXACTMEAN_PROCESSOR_COMMITTER_H_
#define EXACTMEAN_PROCESSOR_COMMITTER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/clock.h"
#include "processor/log.h"
#include "state/change_set.h"
#include "state/partition_state.h"

namespace exactmean {

struct CommitOptions {
  // Write to Destination::kUpdates too.
  bool updates = false;
  // How long a call that is unavailable is repeated: the coordinator aborts the
  // transaction after its time-out in any case.
  absl::Duration patience = absl::Seconds(15);
};

// Owned by a worker; on its run loop's thread.
class Committer {
 public:
  Committer(const Pipeline* pipeline, InputLog* input, Transaction* transaction,
            Clock* clock, CommitOptions options)
      : pipeline_(pipeline),
        input_(input),
        transaction_(transaction),
        clock_(clock),
        options_(options) {}

  // Writes what changed in `states` and the offsets they are at.
  //   OK                    committed; every state knows it
  //   kAborted              definitely not; the keys are dirty as before
  //   kUnknown              nobody knows: open the producer anew, drop the
  //                         states and restore them
  //   kFailedPrecondition   as kUnknown, because the producer was fenced
  //   a Stop                definitely not, and never will be
  absl::Status Commit(absl::Span<PartitionState* const> states);

  uint64_t commits() const { return commits_; }
  uint64_t aborts() const { return aborts_; }

 private:
  absl::Status Write(absl::Span<const ChangeSet> changes,
                     const GroupToken& token);
  absl::Status WriteChanges(const ChangeSet& changes);
  absl::Status WriteDeadLetters(const ChangeSet& changes);
  absl::Status Abort(const absl::Status& why,
                     absl::Span<PartitionState* const> states);

  const Pipeline* const pipeline_;
  InputLog* const input_;
  Transaction* const transaction_;
  Clock* const clock_;
  const CommitOptions options_;
  uint64_t commits_ = 0;
  uint64_t aborts_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_COMMITTER_H_
