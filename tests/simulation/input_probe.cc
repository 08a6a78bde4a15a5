// InputProbe.

#include "tests/simulation/input_probe.h"

#include <algorithm>

#include "tests/simulation/results_probe.h"

namespace exactmean {

FakeGroup& InputProbe::group() const {
  return probe_->hooks().cluster->group("app", "in");
}

absl::Status InputProbe::Subscribe(AssignmentListener* listener) {
  listener_ = listener;
  return probe_->Call(SeamCall::kSubscribe, absl::nullopt,
                      [&] { return log_->Subscribe(this); });
}

absl::StatusOr<absl::Span<const LogRecord>> InputProbe::Poll(
    absl::Duration timeout) {
  auto batch = probe_->Call(SeamCall::kPoll, absl::nullopt,
                            [&] { return log_->Poll(timeout); });
  if (!batch.ok() || (!probe_->sins(Mutation::kRecordSkipped) &&
                      !probe_->sins(Mutation::kRedeliveredAsNew) &&
                      !probe_->sins(Mutation::kResumedWithoutSeek))) {
    return batch;
  }
  Spoil(*batch);
  return absl::MakeConstSpan(spoilt_);
}

void InputProbe::Spoil(absl::Span<const LogRecord> batch) {
  spoilt_.clear();
  for (LogRecord record : batch) {
    Offset& next = delivered_[record.partition];
    if (probe_->sins(Mutation::kRecordSkipped) && ++polled_ % 13 == 0) continue;
    if (probe_->sins(Mutation::kRedeliveredAsNew) && record.offset < next) {
      record.offset = next;
    }
    next = Next(record.offset);
    spoilt_.push_back(record);
  }
}

absl::StatusOr<absl::optional<Offset>> InputProbe::Committed(
    Partition partition) {
  return probe_->Call(SeamCall::kCommitted, partition,
                      [&] { return SpoiltCommitted(partition); });
}

absl::StatusOr<absl::optional<Offset>> InputProbe::SpoiltCommitted(
    Partition partition) {
  if (probe_->sins(Mutation::kEndReadBeforeCommitted)) {
    probe_->results()->BeforeCommitted(partition);
  }
  auto committed = log_->Committed(partition);
  if (probe_->sins(Mutation::kUndecidedOffsetIgnored) &&
      absl::IsUnavailable(committed.status())) {
    return group().LastCommitted(partition);
  }
  if (probe_->sins(Mutation::kOffsetFromAnEarlierRestore) && committed.ok()) {
    return first_committed_.emplace(partition, *committed).first->second;
  }
  return committed;
}

absl::StatusOr<OffsetRange> InputProbe::Range(Partition partition) {
  return probe_->Call(SeamCall::kRange, partition,
                      [&] { return log_->Range(partition); });
}

absl::StatusOr<std::string> InputProbe::CommittedNote(Partition partition) {
  return probe_->Call(SeamCall::kCommitted, partition,
                      [&] { return log_->CommittedNote(partition); });
}

absl::StatusOr<Offset> InputProbe::StableEnd(Partition partition) {
  return probe_->Call(SeamCall::kRange, partition,
                      [&] { return log_->StableEnd(partition); });
}

absl::StatusOr<absl::optional<Offset>> InputProbe::FindTime(Partition partition,
                                                            absl::Time time) {
  return probe_->Call(SeamCall::kRange, partition,
                      [&] { return log_->FindTime(partition, time); });
}

absl::StatusOr<absl::optional<LogRecord>> InputProbe::ReadAt(
    Partition partition, Offset offset) {
  return probe_->Call(SeamCall::kReadAt, partition,
                      [&] { return log_->ReadAt(partition, offset); });
}

absl::Status InputProbe::ResumeAt(Partition partition, Offset offset) {
  if (probe_->sins(Mutation::kResumedOneTooFar)) offset = Next(offset);
  if (probe_->sins(Mutation::kResumedWithoutSeek)) {
    offset = std::max(offset, delivered_[partition]);
  }
  delivered_[partition] = offset;
  return probe_->Call(SeamCall::kResumeAt, partition,
                      [&] { return log_->ResumeAt(partition, offset); });
}

absl::Status InputProbe::Pause(Partition partition) {
  return probe_->Call(SeamCall::kPause, partition,
                      [&] { return log_->Pause(partition); });
}

absl::StatusOr<GroupToken> InputProbe::Token() {
  return probe_->Call(SeamCall::kToken, absl::nullopt,
                      [&] { return SpoiltToken(); });
}

absl::StatusOr<GroupToken> InputProbe::SpoiltToken() {
  auto token = log_->Token();
  if (probe_->sins(Mutation::kZombieNotFenced)) {
    const auto current = group().CurrentToken();
    if (current.has_value()) return *current;
  }
  if (probe_->sins(Mutation::kGroupTokenReused)) {
    if (token.ok() && !first_token_.has_value()) first_token_ = *token;
    if (first_token_.has_value()) return *first_token_;
  }
  return token;
}

absl::Status InputProbe::CommitOffsets(
    absl::Span<const PartitionOffset> offsets, CommitWhen when) {
  return probe_->Call(SeamCall::kCommitOffsets, absl::nullopt,
                      [&] { return SpoiltCommitOffsets(offsets, when); });
}

absl::Status InputProbe::SpoiltCommitOffsets(
    absl::Span<const PartitionOffset> offsets, CommitWhen when) {
  std::vector<PartitionOffset> sent(offsets.begin(), offsets.end());
  // Until the next one the group does not hear of it.
  if (probe_->sins(Mutation::kWrittenBeforeTheOffsets)) {
    std::swap(sent, older_);
    if (sent.empty()) return absl::OkStatus();
    const absl::Status status = log_->CommitOffsets(sent, when);
    if (status.ok()) log_->OffsetsCommitted(absl::Seconds(1)).IgnoreError();
    return status;
  }
  const absl::Status status = log_->CommitOffsets(sent, when);
  if (probe_->sins(Mutation::kOlderOffsetsCommittedLate) && status.ok()) {
    for (const PartitionOffset& older : older_) {
      group().SetCommitted(older.partition, older.next);
    }
    older_ = std::move(sent);
  }
  return status;
}

absl::Status InputProbe::OffsetsCommitted(absl::Duration timeout) {
  return probe_->Call(SeamCall::kOffsetsCommitted, absl::nullopt, [&] {
    return probe_->sins(Mutation::kWrittenBeforeTheOffsets)
               ? absl::OkStatus()
               : log_->OffsetsCommitted(timeout);
  });
}

absl::Status InputProbe::Close() {
  return probe_->Call(SeamCall::kCloseInput, absl::nullopt,
                      [&] { return log_->Close(); });
}

void InputProbe::OnAssigned(absl::Span<const Partition> partitions) {
  probe_->hooks().on_event(EventKind::kAssigned);
  for (const Partition partition : partitions) {
    delivered_[partition] = Offset(0);
    probe_->ForgetAsked(partition);
  }
  probe_->tracker().Assigned(partitions);
  probe_->results()->OnAssigned(partitions);
  listener_->OnAssigned(partitions);
}

void InputProbe::OnRevoked(absl::Span<const Partition> partitions) {
  probe_->hooks().on_event(EventKind::kRevokedEager);
  if (!probe_->sins(Mutation::kRevocationNotTold)) {
    listener_->OnRevoked(partitions);
  }
  probe_->tracker().Gone(partitions);
}

void InputProbe::OnLost(absl::Span<const Partition> partitions) {
  probe_->hooks().on_event(EventKind::kLost);
  if (!probe_->sins(Mutation::kLossNotTold)) listener_->OnLost(partitions);
  probe_->tracker().Gone(partitions);
}

}  // namespace exactmean
