// Committer: the protocols without transactions.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/committer.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/deletion.h"

namespace exactmean {
namespace {

PartitionOffset OffsetOf(const ChangeSet& changes) {
  return {changes.partition(), changes.next_offset()};
}

// Does the next commit pass any offset that the log does not know of? If not,
// it tells what may be told twice.
bool PassesOffsets(const PartitionState& state) {
  return state.checkpoint() != nullptr &&
         Offset(state.checkpoint()->next_offset()) != state.next_offset();
}

}  // namespace

// Without a transaction only the offset tells, by whose record a key went, if
// that is older than what a reader has seen already.
absl::Status Committer::WriteTombstone(const ChangeSet& changes, size_t i) {
  OwnedRecord record;
  record.key = std::string(changes.key(i));
  record.headers = {DeletionHeader(changes.deleted_at(i))};
  record.timestamp_ms = 0;
  const absl::Status status = RetryUnavailable(clock_, options_.patience, [&] {
    return transaction_->WriteRecord(Destination::kResults, changes.partition(),
                                     record);
  });
  if (!absl::IsInvalidArgument(status)) return status;
  return RefusedOnWrite(Destination::kResults, changes.key(i), absl::nullopt,
                        status);
}

absl::Status Committer::WriteAndWait(absl::Span<const ChangeSet> changes,
                                     WriteMethod write) {
  absl::Status status = RetryUnavailable(
      clock_, options_.patience, [this] { return transaction_->Begin(); });
  for (const ChangeSet& of_partition : changes) {
    if (!status.ok()) return status;
    status = (this->*write)(of_partition);
  }
  if (!status.ok()) return status;
  status = RetryUnavailable(clock_, options_.patience,
                            [this] { return transaction_->Commit(); });
  if (!absl::IsInvalidArgument(status)) return status;
  std::shared_ptr<const DivertedRecord> largest;
  for (const ChangeSet& of_partition : changes) {
    largest = LargestDiverted(of_partition, std::move(largest));
  }
  return RefusedOnDelivery(largest.get(), status);
}

// What a checkpoint passes has been told: the topics of updates and of dead
// letters are waited for before it is written. The snapshots need no such wait:
// they are in the same partition, and stay in order.
absl::Status Committer::WriteThrough(absl::Span<PartitionState* const> states,
                                     absl::Span<const ChangeSet> changes) {
  bool outputs = false;
  for (const ChangeSet& of_partition : changes) {
    outputs |= !of_partition.diverted().empty() ||
               (options_.updates && of_partition.size() > 0);
  }
  absl::Status status;
  if (outputs) status = WriteAndWait(changes, &Committer::WriteOutputs);
  if (status.ok()) status = WriteAndWait(changes, &Committer::WriteState);
  if (status.ok()) {
    for (PartitionState* state : states) state->MarkCommitted();
    for (const ChangeSet& of_partition : changes) {
      written_[of_partition.partition()] +=
          static_cast<int64_t>(of_partition.size()) + 1;
    }
    ++commits_;
    return status;
  }
  if (IsStop(status)) return status;
  if (absl::IsPermissionDenied(status) || absl::IsNotFound(status)) {
    return Stop(StopReason::kConfig, status);
  }
  // Some of it may be in the log, and more of it may come.
  return absl::UnknownError(status.message());
}

absl::Status Committer::WriteThenCommit(
    absl::Span<PartitionState* const> states) {
  std::vector<ChangeSet> changes;
  std::vector<PartitionOffset> offsets;
  for (PartitionState* state : states) {
    changes.push_back(state->Changes(transaction_->id()));
    offsets.push_back(OffsetOf(changes.back()));
  }
  const absl::Status status = WriteThrough(states, changes);
  if (!status.ok()) return status;
  offsets_.Want(offsets);
  return options_.delivery.commits == CommitStyle::kSync ? Finish()
                                                         : Continue();
}

absl::Status Committer::CommitThenWrite(
    absl::Span<PartitionState* const> states) {
  std::vector<PartitionState*> standing;
  std::vector<PartitionState*> moving;
  for (PartitionState* state : states) {
    (PassesOffsets(*state) ? moving : standing).push_back(state);
  }
  if (!standing.empty()) {
    const absl::Status status = WriteThenCommit(standing);
    if (!status.ok()) return status;
  }
  if (moving.empty()) return absl::OkStatus();
  std::vector<PartitionOffset> offsets;
  for (PartitionState* state : moving) {
    held_.push_back(state);
    held_changes_.push_back(state->Changes(transaction_->id()));
    offsets.push_back(OffsetOf(held_changes_.back()));
  }
  offsets_.Want(offsets);
  return options_.delivery.commits == CommitStyle::kSync ? Finish()
                                                         : Continue();
}

absl::Status Committer::Continue() {
  return options_.delivery.transactional() ? ContinueTransaction()
                                           : AfterOffsets(offsets_.Continue());
}

absl::Status Committer::Finish() {
  if (options_.delivery.transactional()) return EndTransaction();
  return AfterOffsets(options_.delivery.commits == CommitStyle::kAsync
                          ? offsets_.Continue()
                          : offsets_.Settle());
}

// `outcome`: of the commit of offsets that was under way, if it is decided.
absl::Status Committer::AfterOffsets(const absl::Status& outcome) {
  if (absl::IsPermissionDenied(outcome) || absl::IsNotFound(outcome)) {
    return Stop(StopReason::kConfig, outcome);
  }
  if (!outcome.ok() && !absl::IsAborted(outcome) &&
      !absl::IsUnavailable(outcome)) {
    return outcome;
  }
  const bool failed = !outcome.ok();
  if (held_.empty()) {
    // The results say how far they are: the next commit makes up for it.
    if (failed) {
      LOG_EVERY_T(WARNING, 5) << "the group's offsets lag behind the results: "
                              << outcome.message();
    }
    return absl::OkStatus();
  }
  if (failed) {
    // The group may have the offsets all the same; but not written yet, the
    // step goes with the next.
    Drop();
    return absl::AbortedError(outcome.message());
  }
  for (const ChangeSet& changes : held_changes_) {
    if (!offsets_.IsCommitted(OffsetOf(changes))) return absl::OkStatus();
  }
  const std::vector<PartitionState*> states = std::exchange(held_, {});
  const std::vector<ChangeSet> changes = std::exchange(held_changes_, {});
  return WriteThrough(states, changes);
}

void Committer::Drop() {
  for (PartitionState* state : held_) state->MarkAborted();
  held_.clear();
  held_changes_.clear();
  offsets_.GiveUp();
  ++aborts_;
}

void Committer::Forget(Partition partition) {
  ForgetInTransaction(partition);
  offsets_.Forget(partition);
  written_.erase(partition);
  for (size_t i = 0; i < held_.size();) {
    if (held_[i]->partition() != partition) {
      ++i;
      continue;
    }
    const auto at = static_cast<std::ptrdiff_t>(i);
    held_.erase(held_.begin() + at);
    held_changes_.erase(held_changes_.begin() + at);
  }
}

}  // namespace exactmean
