// Deliberate faults: each makes the seam, or what uses it, sin against the
// promise in one way, so that the simulation can show that it would notice.

#ifndef EXACTMEAN_TESTS_SIMULATION_MUTATION_H_
#define EXACTMEAN_TESTS_SIMULATION_MUTATION_H_

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace exactmean {

enum class Mutation {
  kNone,
  // --- Restore.
  kEndFromLastStable,
  kEndReadBeforeCommitted,  // and writes come after the offsets were added
  kEndFromAnEarlierRestore,
  kUndecidedOffsetIgnored,
  kOffsetFromAnEarlierRestore,
  kTombstonesNotRead,
  kRecordNotRead,
  kReadUncommitted,
  // --- Input.
  kResumedOneTooFar,
  kRecordSkipped,
  kRedeliveredAsNew,
  kRevocationNotTold,
  kLossNotTold,
  // --- A record that the step cannot tell of for now.
  kResumedWithoutSeek,
  kStepAskedTwice,
  kStuckRecordPassed,
  kStuckRecordCommitted,
  // --- Commit.
  kGroupTokenReused,
  kZombieNotFenced,
  kOffsetsLeftOut,
  kOffsetOneShort,
  kOffsetsOutsideOfTheTransaction,
  kWritesOutsideOfTheTransaction,
  kCheckpointFirst,
  kCheckpointInATransactionOfItsOwn,
  kDirtyKeyForgottenAfterAbort,
  kDeadLettersOutsideOfTheTransaction,
  kDeadLetterForgottenAfterAbort,
  kDeadLettersWithoutHeaders,  // of the record's own
  kRetriesOutsideOfTheTransaction,
  kRetryForgottenAfterAbort,
  kRetryNotRead,
  kTombstonesNotWritten,
  kSegmentsNotWritten,
  kSegmentsOutsideOfTheTransaction,
  kWrittenToAnotherPartition,
  kAbortCommits,
  kAbortTakenForCommit,
  kUnknownTakenForCommit,
  kUnknownTakenForAbort,
  kProducerKeptAfterRepeatedEndTxn,
  // --- Without transactions.
  kOffsetsBeforeTheFlush,
  kGuardNotRestored,
  kOlderOffsetsCommittedLate,
  kWrittenBeforeTheOffsets,
  kCheckpointBeforeItsSnapshots,
  kDeadLettersAfterTheCheckpoint,
};
constexpr int kMutations =
    static_cast<int>(Mutation::kDeadLettersAfterTheCheckpoint) + 1;

// Is it a sin of those who write without transactions?
inline bool IsPlain(Mutation mutation) {
  return mutation >= Mutation::kOffsetsBeforeTheFlush;
}

// As on the command line, e.g. "group-token-reused".
absl::string_view MutationName(Mutation mutation);
absl::optional<Mutation> MutationOf(absl::string_view name);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_MUTATION_H_
