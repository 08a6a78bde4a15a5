// The protocol of a commit: what is written in which order, so that each
// delivery mode keeps its promise.

#ifndef EXACTMEAN_PROCESSOR_COMMITTER_H_
#define EXACTMEAN_PROCESSOR_COMMITTER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/clock.h"
#include "processor/delivery.h"
#include "processor/log.h"
#include "processor/offset_commits.h"
#include "state/change_set.h"
#include "state/partition_state.h"

namespace exactmean {

struct CommitOptions {
  Delivery delivery;
  // Write to Destination::kUpdates too.
  bool updates = false;
  // How long a call that is unavailable is repeated: the coordinator aborts the
  // transaction after its time-out in any case.
  absl::Duration patience = absl::Seconds(15);
};

// Exactly once, all is one transaction. At least once, what changed is written,
// waited for, and then the offsets are committed; at most once, the offsets
// first, and what changed is held until the group is known to have them.
// Owned by a worker; on its run loop's thread.
class Committer {
 public:
  Committer(const Pipeline* pipeline, InputLog* input, Transaction* transaction,
            Clock* clock, CommitOptions options)
      : pipeline_(pipeline),
        input_(input),
        transaction_(transaction),
        clock_(clock),
        options_(options),
        offsets_(input, clock, options.delivery.commits, options.patience) {}

  // Writes what changed in `states`, with the offsets they are at.
  //   OK                    committed; every state knows it
  //   kAborted              definitely not; the keys are dirty as before
  //   kUnknown              nobody knows: open the producer anew, drop the
  //                         states and restore them
  //   kFailedPrecondition   as kUnknown, because the producer was fenced
  //   a Stop                definitely not, and never will be
  // Exactly once and at most once, OK may mean that it is under way: then the
  // states are held, and their changes in flight, until Continue or Finish has
  // seen to them; folding may go on meanwhile. REQUIRES: none is held.
  absl::Status Commit(absl::Span<PartitionState* const> states);

  // Are states held?
  bool busy() const { return !held_.empty() || open_.has_value(); }
  // Goes on with what is under way, without waiting for what was written, or
  // for the group's offsets; to be called each turn. The outcome is that of
  // Commit.
  absl::Status Continue();
  // Likewise, before partitions are given up: waits; without transactions, if
  // the style is to.
  absl::Status Finish();
  // The producer was opened anew: there is no open transaction any more.
  void DropTransaction() { open_.reset(); }
  // The process ends, and commits nothing more: ends what is open, if that can
  // be done at once. The states are of no use any more.
  void GiveUpTransaction();
  // Whether a last Commit, at the end, would come to something.
  bool commits_at_end() const {
    return options_.delivery.mode != DeliveryMode::kAtMostOnce ||
           options_.delivery.commits != CommitStyle::kAsync;
  }
  // Nothing of the partition is to be committed any more.
  void Forget(Partition partition);

  // Without transactions: how many records were written to each results
  // partition since this was last asked.
  std::map<Partition, int64_t> TakeWritten() {
    return std::exchange(written_, {});
  }

  uint64_t commits() const { return commits_; }
  uint64_t aborts() const { return aborts_; }

 private:
  // Diverted records and updates; then snapshots, and the checkpoint.
  absl::Status WriteOutputs(const ChangeSet& changes);
  absl::Status WriteState(const ChangeSet& changes);
  absl::Status WriteDiverted(const ChangeSet& changes);
  absl::Status WriteOne(Destination to, Partition partition,
                        absl::string_view key,
                        absl::optional<absl::string_view> value);
  absl::Status WriteTombstone(const ChangeSet& changes, size_t i);
  // Of what goes neither to the results nor to the updates; null: nothing does.
  static std::shared_ptr<const DivertedRecord> LargestDiverted(
      const ChangeSet& changes, std::shared_ptr<const DivertedRecord> so_far);
  // The client will not write it: it says so at once.
  static absl::Status RefusedOnWrite(Destination to, absl::string_view key,
                                     absl::optional<absl::string_view> value,
                                     const absl::Status& why);
  // A broker has: one of a commit's records.
  static absl::Status RefusedOnDelivery(const DivertedRecord* largest,
                                        const absl::Status& why);

  // --- Exactly once: committer_transaction.cc. What is written, and is to be
  // ended once it is in the log: brokers take their time, and the fold goes on.
  struct OpenTransaction {
    std::vector<PartitionState*> states;  // their changes are in flight
    std::vector<PartitionOffset> offsets;
    std::shared_ptr<const DivertedRecord> largest;  // for a message
    absl::Time end_by;       // however much is in the log
    bool forgotten = false;  // one of its partitions is not ours any more
  };
  absl::Status BeginTransaction(absl::Span<PartitionState* const> states);
  absl::Status WriteTransaction(absl::Span<PartitionState* const> states,
                                OpenTransaction* open);
  absl::Status ContinueTransaction();
  void ForgetInTransaction(Partition partition);
  absl::Status EndTransaction();
  absl::Status Abort(const absl::Status& why,
                     absl::Span<PartitionState* const> states);

  // --- Without transactions: committer_plain.cc
  using WriteMethod = absl::Status (Committer::*)(const ChangeSet&);

  absl::Status WriteThenCommit(absl::Span<PartitionState* const> states);
  absl::Status CommitThenWrite(absl::Span<PartitionState* const> states);
  absl::Status WriteThrough(absl::Span<PartitionState* const> states,
                            absl::Span<const ChangeSet> changes);
  absl::Status WriteAndWait(absl::Span<const ChangeSet> changes,
                            WriteMethod write);
  absl::Status AfterOffsets(const absl::Status& outcome);
  void Drop();

  const Pipeline* const pipeline_;
  InputLog* const input_;
  Transaction* const transaction_;
  Clock* const clock_;
  const CommitOptions options_;
  OffsetCommits offsets_;  // without transactions
  absl::optional<OpenTransaction> open_;
  // At most once: until their offsets are committed.
  std::vector<PartitionState*> held_;
  std::vector<ChangeSet> held_changes_;
  std::map<Partition, int64_t> written_;
  uint64_t commits_ = 0;
  uint64_t aborts_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_COMMITTER_H_
