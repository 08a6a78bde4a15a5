// ResultsProbe.

#include "tests/simulation/results_probe.h"

#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {

FakePartition& ResultsProbe::log(Partition partition) const {
  return probe_->hooks().cluster->partition("out", partition);
}

void ResultsProbe::BeforeCommitted(Partition partition) {
  early_end_.emplace(partition, log(partition).high());
}

void ResultsProbe::OnAssigned(absl::Span<const Partition> partitions) {
  for (const Partition partition : partitions) early_end_.erase(partition);
}

absl::StatusOr<Offset> ResultsProbe::EndOffset(Partition partition) {
  return probe_->Call(SeamCall::kEndOffset, partition,
                      [&] { return SpoiltEnd(partition); });
}

absl::StatusOr<Offset> ResultsProbe::SpoiltEnd(Partition partition) {
  auto end = log_->EndOffset(partition);
  if (!end.ok()) return end;
  switch (probe_->hooks().mutation) {
    case Mutation::kEndFromLastStable:
      return log(partition).last_stable();
    case Mutation::kEndReadBeforeCommitted:
      return early_end_[partition];
    case Mutation::kEndFromAnEarlierRestore:
      return first_end_.emplace(partition, *end).first->second;
    default:
      return end;
  }
}

absl::Status ResultsProbe::Open(Partition partition) {
  return probe_->Call(SeamCall::kOpenResults, partition, [&] {
    positions_[partition] = log(partition).low();
    return log_->Open(partition);
  });
}

absl::StatusOr<absl::Span<const LogRecord>> ResultsProbe::Read(
    absl::Duration timeout) {
  auto batch = probe_->Call(SeamCall::kRead, absl::nullopt,
                            [&] { return log_->Read(timeout); });
  if (!batch.ok()) return batch;
  switch (probe_->hooks().mutation) {
    case Mutation::kTombstonesNotRead:
    case Mutation::kRecordNotRead:
      Spoil(*batch);
      return absl::MakeConstSpan(spoilt_);
    case Mutation::kGuardNotRestored:
      ForgetGuards(*batch);
      return absl::MakeConstSpan(spoilt_);
    case Mutation::kReadUncommitted:
      ReadUncommitted();
      return absl::MakeConstSpan(spoilt_);
    default:
      return batch;
  }
}

void ResultsProbe::Spoil(absl::Span<const LogRecord> batch) {
  spoilt_.clear();
  for (const LogRecord& record : batch) {
    const bool lost = probe_->sins(Mutation::kTombstonesNotRead)
                          ? !record.value.has_value()
                          : *record.key != kCheckpointKey && ++read_ % 11 == 0;
    if (!lost) spoilt_.push_back(record);
  }
}

// What lies ahead of the checkpoint does not say by which record it was made.
void ResultsProbe::ForgetGuards(absl::Span<const LogRecord> batch) {
  spoilt_.assign(batch.begin(), batch.end());
  values_.clear();
  for (LogRecord& record : spoilt_) {
    if (!record.value.has_value()) continue;
    results::Checkpoint checkpoint;
    results::Snapshot snapshot;
    if (*record.key == kCheckpointKey) {
      if (DecodeCheckpoint(*record.value, &checkpoint).ok()) {
        next_[record.partition] = checkpoint.next_offset();
      }
    } else if (DecodeSnapshot(*record.value, &snapshot).ok() &&
               snapshot.last_offset() >= next_[record.partition]) {
      snapshot.set_last_offset(next_[record.partition] - 1);
      values_.push_back(EncodeResult(snapshot));
      record.value = values_.back();
    }
  }
}

void ResultsProbe::ReadUncommitted() {
  spoilt_.clear();
  for (auto& [partition, position] : positions_) {
    for (const FakeRecord& record : log(partition).records()) {
      if (record.offset < position) continue;
      if (record.kind != FakeRecord::Kind::kData) continue;
      LogRecord read;
      read.partition = partition;
      read.offset = record.offset;
      read.timestamp_ms = record.timestamp_ms;
      if (record.key.has_value()) read.key = *record.key;
      if (record.value.has_value()) read.value = *record.value;
      spoilt_.push_back(read);
    }
    position = log(partition).high();
  }
}

Offset ResultsProbe::Position(Partition partition) {
  probe_->tracker().Enter(SeamCall::kPosition, partition);
  const Offset position = log_->Position(partition);
  probe_->tracker().Leave(absl::StatusCode::kOk);
  return probe_->sins(Mutation::kReadUncommitted) ? positions_[partition]
                                                  : position;
}

void ResultsProbe::Close(Partition partition) {
  probe_->tracker().Enter(SeamCall::kCloseResults, partition);
  positions_.erase(partition);
  log_->Close(partition);
  probe_->tracker().Leave(absl::StatusCode::kOk);
}

}  // namespace exactmean
