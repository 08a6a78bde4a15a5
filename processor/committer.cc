// Committer.

#include "processor/committer.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "processor/updates.h"
#include "state/reserved_keys.h"

namespace exactmean {

absl::Status Committer::Commit(absl::Span<PartitionState* const> states) {
  // Fresh, and before anything is begun: who has no place in the group any more
  // has nothing to commit.
  const absl::StatusOr<GroupToken> token = input_->Token();
  if (!token.ok()) return token.status();

  std::vector<ChangeSet> changes;
  changes.reserve(states.size());
  for (PartitionState* state : states) {
    changes.push_back(state->Changes(transaction_->id()));
  }
  absl::Status status = Write(changes, *token);
  if (!status.ok()) return Abort(status, states);

  status = RetryUnavailable(clock_, options_.patience,
                            [this] { return transaction_->Commit(); });
  if (absl::IsAborted(status)) return Abort(status, states);
  if (absl::IsUnavailable(status)) {
    return absl::UnknownError(absl::StrCat(
        "no answer to the commit of a transaction: ", status.message()));
  }
  if (!status.ok()) return status;
  for (PartitionState* state : states) state->MarkCommitted();
  ++commits_;
  return absl::OkStatus();
}

absl::Status Committer::Write(absl::Span<const ChangeSet> changes,
                              const GroupToken& token) {
  absl::Status status = RetryUnavailable(
      clock_, options_.patience, [this] { return transaction_->Begin(); });
  if (!status.ok()) return status;
  std::vector<Transaction::PartitionOffset> offsets;
  for (const ChangeSet& of_partition : changes) {
    status = WriteChanges(of_partition);
    if (!status.ok()) return status;
    offsets.push_back({of_partition.partition(), of_partition.next_offset()});
  }
  return RetryUnavailable(clock_, options_.patience, [&] {
    return transaction_->AddOffsets(offsets, token);
  });
}

absl::Status Committer::WriteChanges(const ChangeSet& changes) {
  const Partition partition = changes.partition();
  const auto write = [&](Destination to, absl::string_view key,
                         absl::optional<absl::string_view> value) {
    const auto attempt = [&] {
      return transaction_->Write(to, partition, key, value);
    };
    // Nearly always at once, and looking at the clock takes as long.
    absl::Status status = attempt();
    if (absl::IsUnavailable(status)) {
      status = RetryUnavailable(clock_, options_.patience, attempt);
    }
    if (!absl::IsInvalidArgument(status)) return status;
    return Stop(
        StopReason::kConfig,
        absl::StrCat("the snapshot of key \"", absl::CHexEscape(key), "\", ",
                     value.value_or("").size(),
                     " bytes, is refused: ", status.message(),
                     ". Raise the results topic's max.message.bytes and the "
                     "property message.max.bytes, or give the window fewer "
                     "samples (a time window: `resolution`)"));
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    absl::Status status =
        write(Destination::kResults, changes.key(i), changes.value(i));
    if (status.ok() && options_.updates) {
      status = write(Destination::kUpdates, changes.key(i),
                     UpdateJson(changes, i, pipeline_->layout.windows));
    }
    if (!status.ok()) return status;
  }
  // Last: a reader that sees it has seen what it speaks of.
  return write(Destination::kResults, kCheckpointKey, changes.checkpoint());
}

// A transaction that aborted costs nothing: its keys stay dirty. One that could
// not even be aborted may yet commit, as far as anybody here can tell.
absl::Status Committer::Abort(const absl::Status& why,
                              absl::Span<PartitionState* const> states) {
  if (absl::IsFailedPrecondition(why)) return why;
  if (absl::IsUnknown(why)) return why;
  const absl::Status aborted = RetryUnavailable(
      clock_, options_.patience, [this] { return transaction_->Abort(); });
  if (absl::IsFailedPrecondition(aborted)) return aborted;
  // What ends the process does so whatever became of the transaction: it was
  // never to be committed, and the broker aborts what is left open.
  if (IsStop(why)) return why;
  if (absl::IsPermissionDenied(why) || absl::IsNotFound(why)) {
    return Stop(StopReason::kConfig, why);
  }
  if (!aborted.ok()) {
    return absl::UnknownError(absl::StrCat(
        why.message(), "; and the abort failed: ", aborted.message()));
  }
  for (PartitionState* state : states) state->MarkAborted();
  ++aborts_;
  return absl::AbortedError(why.message());
}

}  // namespace exactmean
