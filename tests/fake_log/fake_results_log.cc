// Reads a results topic of the fake cluster, read committed.

#include "tests/fake_log/fake_results_log.h"

#include <iterator>

#include "absl/strings/str_cat.h"

namespace exactmean {

absl::StatusOr<Offset> FakeResultsLog::EndOffset(Partition partition) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kEndOffset, [&]() -> absl::StatusOr<Offset> {
    const auto found = cluster_->FindPartition(options_.topic, partition);
    if (!found.ok()) return found.status();
    return (*found)->high();
  });
}

absl::Status FakeResultsLog::Open(Partition partition) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kOpenResults, [&]() -> absl::Status {
    const auto found = cluster_->FindPartition(options_.topic, partition);
    if (!found.ok()) return found.status();
    readers_[partition] = {*found, (*found)->low()};
    return absl::OkStatus();
  });
}

absl::StatusOr<absl::Span<const LogRecord>> FakeResultsLog::Read(
    absl::Duration /*timeout*/) {
  batch_.Invalidate();
  auto read = plan_->Run(SeamCall::kRead, [&] { return DoRead(); });
  if (read.ok()) {
    for (const auto& [partition, position] : positions_) {
      readers_[partition].position = position;
    }
  }
  positions_.clear();
  return read;
}

absl::StatusOr<absl::Span<const LogRecord>> FakeResultsLog::DoRead() {
  for (const auto& [partition, reader] : readers_) {
    const FakePartition& log = *reader.log;
    if (reader.position >= log.low() && reader.position <= log.high()) continue;
    return absl::OutOfRangeError(absl::StrCat(
        options_.topic, "[", partition.value(), "]: offset ",
        reader.position.value(), " is not in the log, which holds ",
        log.low().value(), " to ", log.high().value()));
  }
  if (readers_.empty()) return batch_.Finish();
  auto it = std::next(readers_.begin(),
                      static_cast<std::ptrdiff_t>(turn_++ % readers_.size()));
  for (size_t i = 0; i < readers_.size(); ++i, ++it) {
    if (it == readers_.end()) it = readers_.begin();
    const auto& [partition, reader] = *it;
    const size_t room = options_.max_read_records - batch_.size();
    if (room == 0) break;
    const Offset position = reader.log->ReadCommitted(
        reader.position, room, [&, p = partition](const FakeRecord& record) {
          batch_.Add(p, record);
        });
    positions_.emplace_back(partition, position);
  }
  return batch_.Finish();
}

Offset FakeResultsLog::Position(Partition partition) {
  batch_.Invalidate();
  if (!plan_->RunsWithoutStatus(SeamCall::kPosition)) return Offset(0);
  const auto reader = readers_.find(partition);
  return reader == readers_.end() ? Offset(0) : reader->second.position;
}

void FakeResultsLog::Close(Partition partition) {
  batch_.Invalidate();
  if (plan_->RunsWithoutStatus(SeamCall::kCloseResults)) {
    readers_.erase(partition);
  }
}

absl::StatusOr<TopicIdentity> FakeResultsLog::Describe() {
  batch_.Invalidate();
  return plan_->Run(
      SeamCall::kDescribeResults, [&]() -> absl::StatusOr<TopicIdentity> {
        const auto found = cluster_->FindTopic(options_.topic);
        if (!found.ok()) return found.status();
        return TopicIdentity{absl::StrCat((*found)->id), (*found)->count()};
      });
}

absl::StatusOr<OffsetRange> FakeResultsLog::Range(Partition partition) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kEndOffset, [&]() -> absl::StatusOr<OffsetRange> {
    const auto found = cluster_->FindPartition(options_.topic, partition);
    if (!found.ok()) return found.status();
    return OffsetRange{(*found)->low(), (*found)->high()};
  });
}

absl::StatusOr<Offset> FakeResultsLog::StableEnd(Partition partition) {
  const auto found = cluster_->FindPartition(options_.topic, partition);
  if (!found.ok()) return found.status();
  return (*found)->last_stable();
}

absl::StatusOr<absl::optional<Offset>> FakeResultsLog::FindTime(
    Partition partition, absl::Time time) {
  const auto found = cluster_->FindPartition(options_.topic, partition);
  if (!found.ok()) return found.status();
  return (*found)->FindTime(time);
}

absl::StatusOr<int32_t> FakeResultsLog::PartitionCount() {
  const auto found = cluster_->FindTopic(options_.topic);
  if (!found.ok()) return found.status();
  return (*found)->count();
}

absl::Status FakeResultsLog::OpenAt(Partition partition, Offset from) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kOpenResults, [&]() -> absl::Status {
    const auto found = cluster_->FindPartition(options_.topic, partition);
    if (!found.ok()) return found.status();
    readers_[partition] = {*found, from};
    return absl::OkStatus();
  });
}

}  // namespace exactmean
