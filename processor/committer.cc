// Committer.

#include "processor/committer.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "processor/updates.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

// Null: there is none.
const DeadLetter* LargestOf(absl::Span<const ChangeSet> changes) {
  const DeadLetter* largest = nullptr;
  for (const ChangeSet& of_partition : changes) {
    for (const auto& letter : of_partition.dead_letters()) {
      if (largest == nullptr ||
          letter->record.bytes() > largest->record.bytes()) {
        largest = letter.get();
      }
    }
  }
  return largest;
}

absl::Status Refused(const DeadLetter& letter, absl::string_view which,
                     const absl::Status& why) {
  // Its headers name topic, partition and offset of the record.
  const auto parsed = ParseDeadLetter(letter.record);
  const std::string origin =
      parsed.ok()
          ? absl::StrCat("topic \"", parsed->origin.topic, "\", partition ",
                         parsed->origin.partition.value(), ", ")
          : "";
  return Stop(
      StopReason::kConfig,
      absl::StrCat(which, "that of the record in ", origin, "offset ",
                   letter.offset.value(), ", has about ", letter.record.bytes(),
                   " bytes with its headers: ", why.message(),
                   ". Raise the dead-letter topic's max.message.bytes and the "
                   "property message.max.bytes, or pass over bad records by "
                   "on_bad_record: SKIP"));
}

}  // namespace

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
  status = RetryUnavailable(clock_, options_.patience, [&] {
    return transaction_->AddOffsets(offsets, token);
  });
  if (!absl::IsInvalidArgument(status)) return status;
  // A broker refuses a record when it is delivered; which, it does not say.
  const DeadLetter* largest = LargestOf(changes);
  if (largest == nullptr) {
    return Stop(StopReason::kConfig,
                absl::StrCat("one of the transaction's records is refused: ",
                             status.message(),
                             ". If it is too large, raise the topic's "
                             "max.message.bytes"));
  }
  return Refused(*largest,
                 "one of the transaction's records is refused. The "
                 "largest of its dead letters, ",
                 status);
}

absl::Status Committer::WriteDeadLetters(const ChangeSet& changes) {
  for (const auto& letter : changes.dead_letters()) {
    const absl::Status status =
        RetryUnavailable(clock_, options_.patience, [&] {
          return transaction_->WriteRecord(Destination::kDeadLetters,
                                           changes.partition(), letter->record);
        });
    if (absl::IsInvalidArgument(status)) {
      return Refused(*letter, "the dead letter, ", status);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
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
  absl::Status status = WriteDeadLetters(changes);
  if (!status.ok()) return status;
  for (size_t i = 0; i < changes.size(); ++i) {
    status = write(Destination::kResults, changes.key(i), changes.value(i));
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
