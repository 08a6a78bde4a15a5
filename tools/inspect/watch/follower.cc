// Follower.

#include "tools/inspect/watch/follower.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/inspect/key_filter.h"

namespace exactmean {

absl::Status Follower::Open(absl::Span<const Partition> partitions,
                            const ScanOptions& options) {
  const auto stretches = CommittedPartitions(reader_, partitions, options);
  if (!stretches.ok()) return stretches.status();
  for (const Stretch& stretch : *stretches) {
    const absl::Status status =
        reader_->OpenAt(stretch.partition, stretch.from);
    if (!status.ok()) return status;
    positions_[stretch.partition] = stretch.from;
    if (stretch.from < stretch.to) behind_[stretch.partition] = stretch.to;
    // It has taken the patience already.
    if (stretch.held_back) {
      quiet_[stretch.partition] = {stretch.to, absl::InfinitePast()};
    }
  }
  return absl::OkStatus();
}

absl::Status Follower::Read(absl::Duration timeout) {
  const auto records = reader_->Read(timeout);
  if (absl::IsOutOfRange(records.status())) return StartOver(records.status());
  if (absl::IsUnavailable(records.status())) {
    trouble_ = std::string(records.status().message());
    return absl::OkStatus();
  }
  if (!records.ok()) return records.status();
  trouble_.clear();
  for (const LogRecord& record : *records) {
    ++records_;
    const absl::Status status = model_->Accept(record);
    if (status.ok() && bad_.empty()) continue;
    const std::pair<Partition, std::string> where = {
        record.partition, std::string(record.key.value_or(""))};
    if (status.ok()) {
      bad_.erase(where);
      continue;
    }
    bad_[where] = absl::Status(
        status.code(),
        absl::StrCat("partition ", record.partition.value(), ", offset ",
                     record.offset.value(), ": key \"",
                     PrintableKey(where.second), "\": ", status.message()));
  }
  for (auto& [partition, position] : positions_) {
    position = reader_->Position(partition);
    const auto behind = behind_.find(partition);
    if (behind != behind_.end() && position >= behind->second) {
      behind_.erase(behind);
    }
  }
  // Until all is read that was there, a good record may follow a bad one.
  for (const auto& [where, status] : bad_) {
    if (behind_.count(where.first) == 0) return status;
  }
  return absl::OkStatus();
}

absl::Status Follower::WhySilent() {
  for (const auto& [partition, to] : behind_) {
    const absl::Status status =
        exactmean::WhySilent(reader_, partition, positions_[partition]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string Follower::HeldBack(absl::Time now, absl::Duration patience) {
  for (const auto& [partition, position] : positions_) {
    const auto [it, is_new] =
        quiet_.try_emplace(partition, Quiet{position, now});
    Quiet& quiet = it->second;
    if (quiet.position != position) quiet = {position, now};
    if (now - quiet.asked >= patience) {
      const auto stable = reader_->StableEnd(partition);
      const auto end = reader_->EndOffset(partition);
      if (!stable.ok() || !end.ok()) continue;  // Read says what is wrong
      quiet.asked = now;
      quiet.held_back = *stable <= position && position < *end;
    }
    if (quiet.held_back) {
      return absl::StrCat("partition ", partition.value(),
                          ": a transaction is open from offset ",
                          position.value(),
                          " on; what follows is not shown (see `status`)");
    }
  }
  return "";
}

// Which partition it is the error does not say: those whose position is not in
// the log any more.
absl::Status Follower::StartOver(const absl::Status& cause) {
  bool found = false;
  for (auto& [partition, position] : positions_) {
    const auto range = reader_->Range(partition);
    if (!range.ok()) {
      trouble_ = std::string(range.status().message());
      return absl::IsUnavailable(range.status()) ? absl::OkStatus()
                                                 : range.status();
    }
    if (range->low <= position && position <= range->high) continue;
    found = true;
    reader_->Close(partition);
    const absl::Status status = reader_->OpenAt(partition, range->low);
    if (!status.ok()) return status;
    model_->Forget(partition);
    bad_.erase(bad_.lower_bound({partition, ""}),
               bad_.lower_bound({Partition(partition.value() + 1), ""}));
    position = range->low;
    behind_.erase(partition);
  }
  return found ? absl::OkStatus() : cause;
}

}  // namespace exactmean
