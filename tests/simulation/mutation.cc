// Mutations by name.

#include "tests/simulation/mutation.h"

namespace exactmean {

absl::string_view MutationName(Mutation mutation) {
  static constexpr absl::string_view kNames[kMutations] = {
      "none",
      "end-from-last-stable",
      "end-read-before-committed",
      "end-from-an-earlier-restore",
      "undecided-offset-ignored",
      "offset-from-an-earlier-restore",
      "tombstones-not-read",
      "record-not-read",
      "read-uncommitted",
      "resumed-one-too-far",
      "record-skipped",
      "redelivered-as-new",
      "revocation-not-told",
      "loss-not-told",
      "resumed-without-seek",
      "step-asked-twice",
      "stuck-record-passed",
      "stuck-record-committed",
      "group-token-reused",
      "zombie-not-fenced",
      "offsets-left-out",
      "offset-one-short",
      "offsets-outside-of-the-transaction",
      "writes-outside-of-the-transaction",
      "checkpoint-first",
      "checkpoint-in-a-transaction-of-its-own",
      "dirty-key-forgotten-after-abort",
      "dead-letters-outside-of-the-transaction",
      "dead-letter-forgotten-after-abort",
      "dead-letters-without-headers",
      "retries-outside-of-the-transaction",
      "retry-forgotten-after-abort",
      "retry-not-read",
      "tombstones-not-written",
      "segments-not-written",
      "segments-outside-of-the-transaction",
      "written-to-another-partition",
      "abort-commits",
      "abort-taken-for-commit",
      "unknown-taken-for-commit",
      "unknown-taken-for-abort",
      "producer-kept-after-repeated-endtxn",
      "offsets-before-the-flush",
      "guard-not-restored",
      "older-offsets-committed-late",
      "written-before-the-offsets",
      "checkpoint-before-its-snapshots",
      "dead-letters-after-the-checkpoint",
  };
  return kNames[static_cast<int>(mutation)];
}

absl::optional<Mutation> MutationOf(absl::string_view name) {
  for (int i = 0; i < kMutations; ++i) {
    const auto mutation = static_cast<Mutation>(i);
    if (MutationName(mutation) == name) return mutation;
  }
  return absl::nullopt;
}

}  // namespace exactmean
