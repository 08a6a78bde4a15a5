// Appending, ending transactions, deleting and compacting in one partition.

#include "tests/fake_log/fake_topic.h"

#include <unordered_map>
#include <utility>

namespace exactmean {
namespace {

absl::optional<std::string> Copy(absl::optional<absl::string_view> bytes) {
  if (!bytes.has_value()) return absl::nullopt;
  return std::string(bytes->data(), bytes->size());
}

}  // namespace

Offset FakePartition::Append(absl::optional<absl::string_view> key,
                             absl::optional<absl::string_view> value,
                             int64_t timestamp_ms, ProducerId producer,
                             Headers headers) {
  FakeRecord record;
  record.producer = producer;
  record.offset = high_;
  record.timestamp_ms = timestamp_ms;
  record.key = Copy(key);
  record.value = Copy(value);
  record.headers = std::move(headers);
  if (producer != kNoProducer) open_.emplace(producer, high_);
  records_.push_back(std::move(record));
  return std::exchange(high_, Next(high_));
}

absl::optional<Offset> FakePartition::FindTime(absl::Time time) const {
  for (const FakeRecord& record : records_) {
    if (record.kind == FakeRecord::Kind::kData &&
        absl::FromUnixMillis(record.timestamp_ms) >= time) {
      return record.offset;
    }
  }
  return absl::nullopt;
}

void FakePartition::EndTransaction(ProducerId producer, bool commit) {
  const auto open = open_.find(producer);
  if (open == open_.end()) return;
  if (!commit) {
    const auto first = std::lower_bound(
        records_.begin(), records_.end(), open->second,
        [](const FakeRecord& r, Offset offset) { return r.offset < offset; });
    for (auto it = first; it != records_.end(); ++it) {
      if (it->producer == producer) it->aborted = true;
    }
  }
  open_.erase(open);
  FakeRecord marker;
  marker.kind =
      commit ? FakeRecord::Kind::kCommitMarker : FakeRecord::Kind::kAbortMarker;
  marker.producer = producer;
  marker.offset = high_;
  records_.push_back(std::move(marker));
  high_ = Next(high_);
}

Offset FakePartition::last_stable() const {
  Offset stable = high_;
  for (const auto& [producer, first] : open_) stable = std::min(stable, first);
  return std::max(stable, low_);
}

void FakePartition::DeleteBefore(Offset offset) {
  low_ = std::max(low_, std::min(offset, high_));
  while (!records_.empty() && records_.front().offset < low_) {
    records_.pop_front();
  }
}

void FakePartition::Compact(const Compaction& compaction) {
  const Offset end = std::min(last_stable(), compaction.below);
  std::unordered_map<std::string, Offset> newest;
  for (const FakeRecord& record : records_) {
    if (record.offset >= end) break;
    if (Readable(record) && record.key.has_value()) {
      newest[*record.key] = record.offset;
    }
  }
  const auto goes = [&](const FakeRecord& record) {
    if (record.offset >= end) return false;
    if (record.kind != FakeRecord::Kind::kData) return compaction.drop_markers;
    if (record.aborted || !record.key.has_value()) return true;
    if (newest[*record.key] != record.offset) return true;
    return !record.value.has_value() && compaction.drop_tombstones;
  };
  records_.erase(std::remove_if(records_.begin(), records_.end(), goes),
                 records_.end());
}

Offset FakePartition::StepBack(Offset from, int count) const {
  auto it = Seek(from);
  Offset position = from;
  while (count > 0 && it != records_.begin()) {
    --it;
    if (!Readable(*it)) continue;
    position = it->offset;
    --count;
  }
  return position;
}

std::deque<FakeRecord>::const_iterator FakePartition::Seek(
    Offset offset) const {
  // Without gaps, where it mostly is, no search is needed.
  if (!records_.empty() && offset >= records_.front().offset) {
    const auto index =
        static_cast<size_t>(offset.value() - records_.front().offset.value());
    if (index < records_.size() && records_[index].offset == offset) {
      return records_.begin() + static_cast<std::ptrdiff_t>(index);
    }
  }
  return std::lower_bound(
      records_.begin(), records_.end(), offset,
      [](const FakeRecord& r, Offset o) { return r.offset < o; });
}

}  // namespace exactmean
