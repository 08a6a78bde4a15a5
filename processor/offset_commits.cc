// OffsetCommits.

#include "processor/offset_commits.h"

#include <algorithm>
#include <utility>

namespace exactmean {
namespace {

constexpr absl::Duration kSlice = absl::Milliseconds(100);

void Raise(Partition partition, Offset offset,
           std::map<Partition, Offset>* offsets) {
  const auto [it, added] = offsets->emplace(partition, offset);
  if (!added) it->second = std::max(it->second, offset);
}

}  // namespace

void OffsetCommits::Want(absl::Span<const PartitionOffset> offsets) {
  for (const PartitionOffset& offset : offsets) {
    Raise(offset.partition, offset.next, &wanted_);
  }
}

void OffsetCommits::Forget(Partition partition) {
  wanted_.erase(partition);
  committed_.erase(partition);
  // What is under way stays so: its outcome is still to come.
}

void OffsetCommits::GiveUp() { wanted_ = committed_; }

bool OffsetCommits::IsCommitted(const PartitionOffset& offset) const {
  const auto it = committed_.find(offset.partition);
  return it != committed_.end() && it->second >= offset.next;
}

std::vector<PartitionOffset> OffsetCommits::Missing() const {
  std::vector<PartitionOffset> missing;
  for (const auto& [partition, next] : wanted_) {
    const PartitionOffset offset = {partition, next};
    if (!IsCommitted(offset)) missing.push_back(offset);
  }
  return missing;
}

absl::Status OffsetCommits::TakeOutcome(absl::Duration timeout) {
  const absl::Status outcome = input_->OffsetsCommitted(timeout);
  if (absl::IsUnavailable(outcome)) return outcome;
  const std::map<Partition, Offset> done = std::exchange(under_way_, {});
  if (!outcome.ok()) {
    not_before_ = clock_->Now() + backoff_.Next();
    return outcome;
  }
  backoff_.Reset();
  for (const auto& [partition, next] : done) {
    // Not of one that was forgotten meanwhile.
    if (wanted_.count(partition) > 0) Raise(partition, next, &committed_);
  }
  return outcome;
}

absl::Status OffsetCommits::Begin(InputLog::CommitWhen when) {
  const std::vector<PartitionOffset> missing = Missing();
  if (missing.empty()) return absl::OkStatus();
  const absl::Status begun = input_->CommitOffsets(missing, when);
  if (!begun.ok()) {
    not_before_ = clock_->Now() + backoff_.Next();
    return absl::IsUnavailable(begun) ? absl::AbortedError(begun.message())
                                      : begun;
  }
  when_ = when;
  under_way_.clear();
  for (const PartitionOffset& offset : missing) {
    under_way_[offset.partition] = offset.next;
  }
  return begun;
}

absl::Status OffsetCommits::Continue() {
  if (!under_way_.empty()) {
    const absl::Status outcome = TakeOutcome(absl::ZeroDuration());
    if (!outcome.ok() && !absl::IsUnavailable(outcome)) return outcome;
  }
  const bool replaces =
      style_ == CommitStyle::kAuto && when_ == InputLog::CommitWhen::kInTime;
  if (!under_way_.empty() && (!replaces || under_way_ == wanted_)) {
    return absl::OkStatus();
  }
  if (clock_->Now() < not_before_) return absl::OkStatus();
  return Begin(style_ == CommitStyle::kAuto ? InputLog::CommitWhen::kInTime
                                            : InputLog::CommitWhen::kNow);
}

absl::Status OffsetCommits::Settle() {
  const absl::Time deadline = clock_->Now() + patience_;
  // One that waits for the timer is not waited for: its place is taken.
  if (when_ == InputLog::CommitWhen::kInTime) under_way_.clear();
  while (true) {
    if (under_way_.empty()) {
      const absl::Status begun = Begin(InputLog::CommitWhen::kNow);
      if (!begun.ok() || under_way_.empty()) return begun;
    }
    const absl::Duration left = deadline - clock_->Now();
    if (left <= absl::ZeroDuration()) {
      return absl::UnavailableError("no answer to a commit of offsets");
    }
    const absl::Status outcome = TakeOutcome(std::min(left, kSlice));
    if (!outcome.ok() && !absl::IsUnavailable(outcome)) return outcome;
  }
}

}  // namespace exactmean
