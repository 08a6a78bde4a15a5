// FakeInputLog: proof of membership, which offsets are committed, and
// committing them without a transaction.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/fake_log/fake_input_log.h"

namespace exactmean {

absl::StatusOr<GroupToken> FakeInputLog::DoToken() {
  if (!fatal_.ok()) return fatal_;
  // The client hears of a new generation in the background; of the end of its
  // membership only in Poll.
  if (group_ != nullptr && !plan_->cut_off_from_group()) {
    generation_ = std::max(generation_, group_->Generation(member_));
  }
  if (generation_ < 0 || member_.empty() || lost_) {
    return absl::AbortedError(
        absl::StrCat("group ", options_.group, ": not a member at the moment"));
  }
  return GroupToken{options_.group, generation_, member_, options_.instance};
}

absl::StatusOr<absl::optional<Offset>> FakeInputLog::Committed(
    Partition partition) {
  batch_.Invalidate();
  return plan_->Run(
      SeamCall::kCommitted, [&]() -> absl::StatusOr<absl::optional<Offset>> {
        const auto found = cluster_->FindPartition(options_.topic, partition);
        if (!found.ok()) return found.status();
        if (plan_->hides_offsets()) return absl::optional<Offset>();
        return cluster_->group(options_.group, options_.topic)
            .Committed(partition);
      });
}

absl::StatusOr<std::string> FakeInputLog::CommittedNote(Partition partition) {
  const auto committed = Committed(partition);
  if (!committed.ok()) return committed.status();
  return cluster_->group(options_.group, options_.topic).Note(partition);
}

absl::Status FakeInputLog::CommitOffsets(
    absl::Span<const PartitionOffset> offsets, CommitWhen when) {
  return plan_->Run(SeamCall::kCommitOffsets,
                    [&] { return DoCommitOffsets(offsets, when); });
}

absl::Status FakeInputLog::OffsetsCommitted(absl::Duration timeout) {
  const absl::Status outcome = plan_->Run(
      SeamCall::kOffsetsCommitted, [&] { return DoOffsetsCommitted(timeout); });
  if (!absl::IsUnavailable(outcome)) commit_.reset();
  return outcome;
}

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
    group_->SetCommitted(offset.partition, offset.next, kOffsetNote);
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
