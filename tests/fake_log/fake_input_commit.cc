// FakeInputLog: offsets committed without a transaction.

#include <utility>

#include "tests/fake_log/fake_input_log.h"

namespace exactmean {

absl::Status FakeInputLog::DoCommitOffsets(
    absl::Span<const PartitionOffset> offsets, CommitWhen when) {
  const absl::StatusOr<GroupToken> token = DoToken();
  if (!token.ok()) return token.status();
  if (commit_.has_value() && commit_->when == CommitWhen::kNow) {
    return absl::InternalError("a commit of offsets is under way");
  }
  commit_.emplace();
  commit_->offsets.assign(offsets.begin(), offsets.end());
  commit_->token = *token;
  commit_->when = when;
  if (!options_.slow_commits && when == CommitWhen::kNow) DeliverOffsets();
  return absl::OkStatus();
}

// The request reaches the group.
void FakeInputLog::DeliverOffsets() {
  if (commit_->delivered) return;
  commit_->delivered = true;
  if (plan_->cut_off_from_group()) {
    commit_->outcome = absl::AbortedError("no answer to a commit of offsets");
    return;
  }
  commit_->outcome = group_->Check(commit_->token);
  if (!commit_->outcome.ok()) return;
  for (const PartitionOffset& offset : commit_->offsets) {
    group_->SetCommitted(offset.partition, offset.next);
  }
}

absl::Status FakeInputLog::DoOffsetsCommitted(absl::Duration timeout) {
  if (!commit_.has_value()) {
    return absl::InternalError("no commit of offsets is under way");
  }
  const bool waited =
      timeout > absl::ZeroDuration() || std::exchange(commit_->asked, true);
  if (waited && commit_->when == CommitWhen::kNow) DeliverOffsets();
  if (!commit_->delivered) {
    cluster_->Advance(timeout);
    return absl::UnavailableError("a commit of offsets is not answered yet");
  }
  return commit_->outcome;
}

}  // namespace exactmean
