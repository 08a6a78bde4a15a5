// Committer: exactly once, in one transaction.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/committer.h"
#include "processor/retry.h"
#include "processor/stop.h"

namespace exactmean {

absl::Status Committer::BeginTransaction(
    absl::Span<PartitionState* const> states) {
  OpenTransaction open;
  open.end_by = clock_->Now() + options_.patience;
  const absl::Status status = WriteTransaction(states, &open);
  if (!status.ok()) return Abort(status, open.states);
  open_ = std::move(open);
  return absl::OkStatus();
}

absl::Status Committer::WriteTransaction(
    absl::Span<PartitionState* const> states, OpenTransaction* open) {
  absl::Status status = RetryUnavailable(
      clock_, options_.patience, [this] { return transaction_->Begin(); });
  for (PartitionState* state : states) {
    if (!status.ok()) return status;
    const ChangeSet changes = state->Changes(transaction_->id());
    open->states.push_back(state);
    open->offsets.push_back({changes.partition(), changes.next_offset()});
    open->largest = LargestDiverted(changes, std::move(open->largest));
    status = WriteOutputs(changes);
    if (status.ok()) status = WriteState(changes);
  }
  return status;
}

// It may be another's already, who goes on from before these changes.
void Committer::ForgetInTransaction(Partition partition) {
  if (!open_.has_value()) return;
  auto& states = open_->states;
  const auto of_it = [&](const PartitionState* state) {
    return state->partition() == partition;
  };
  const auto lost = std::find_if(states.begin(), states.end(), of_it);
  if (lost == states.end()) return;
  states.erase(lost);
  open_->forgotten = true;
}

void Committer::GiveUpTransaction() {
  if (!open_.has_value()) return;
  open_.reset();
  const absl::Status aborted = transaction_->Abort();
  LOG_IF(WARNING, !aborted.ok())
      << "the last transaction is left to its time-out: " << aborted.message();
}

absl::Status Committer::ContinueTransaction() {
  if (!open_.has_value()) return absl::OkStatus();
  const bool wait = !open_->forgotten && !transaction_->Delivered() &&
                    clock_->Now() < open_->end_by;
  return wait ? absl::OkStatus() : EndTransaction();
}

// The token proves that this process is a member now. That it has held every
// partition of the transaction since that began, Forget would have told.
absl::Status Committer::EndTransaction() {
  if (!open_.has_value()) return absl::OkStatus();
  const OpenTransaction open = *std::exchange(open_, absl::nullopt);
  if (open.forgotten) {
    return Abort(absl::AbortedError(
                     "one of its partitions was lost while it was written"),
                 open.states);
  }
  const absl::StatusOr<GroupToken> token = input_->Token();
  if (absl::IsFailedPrecondition(token.status())) {
    // It is the member that is fenced, not the producer: that one can abort.
    const absl::Status aborted =
        Abort(absl::AbortedError(token.status().message()), open.states);
    return absl::IsAborted(aborted) ? token.status() : aborted;
  }
  if (!token.ok()) return Abort(token.status(), open.states);
  const absl::Duration left =
      std::max(open.end_by - clock_->Now(), absl::ZeroDuration());
  absl::Status status = RetryUnavailable(clock_, left, [&] {
    return transaction_->AddOffsets(open.offsets, *token);
  });
  if (absl::IsInvalidArgument(status)) {
    status = RefusedOnDelivery(open.largest.get(), status);
  }
  if (!status.ok()) return Abort(status, open.states);

  status = RetryUnavailable(clock_, options_.patience,
                            [this] { return transaction_->Commit(); });
  if (absl::IsAborted(status)) return Abort(status, open.states);
  if (absl::IsUnavailable(status)) {
    return absl::UnknownError(absl::StrCat(
        "no answer to the commit of a transaction: ", status.message()));
  }
  if (!status.ok()) return status;
  for (PartitionState* state : open.states) state->MarkCommitted();
  ++commits_;
  return absl::OkStatus();
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
