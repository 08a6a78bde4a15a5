// PartitionExport.

#include "tools/inspect/export/partition_export.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {

absl::Status PartitionExport::Accept(const LogRecord& record) {
  const absl::string_view key = record.key.value_or("");
  if (key == kCheckpointKey && record.value.has_value()) {
    const absl::Status status =
        DecodeCheckpoint(*record.value, &checkpoint_.emplace());
    if (!status.ok()) return status;
    Commit();
    return absl::OkStatus();
  }
  if (IsReservedKey(key)) return absl::OkStatus();
  Pending& pending = pending_.emplace_back();
  pending.key = std::string(key);
  if (!record.value.has_value()) return absl::OkStatus();
  pending.live = true;
  pending.entry.hash = RecordHash(key, *record.value);
  pending.entry.offset = record.offset;
  if (!filter_.Matches(key)) return absl::OkStatus();
  const absl::Status status = DecodeSnapshot(*record.value, &scratch_);
  if (!status.ok()) {
    return absl::Status(status.code(), absl::StrCat("key \"", PrintableKey(key),
                                                    "\": ", status.message()));
  }
  scratch_.clear_samples();
  scratch_.clear_timed();
  scratch_.clear_panes();
  scratch_.clear_decayed();
  scratch_.clear_cumulative();
  AppendResult(scratch_, &pending.entry.averages);
  return absl::OkStatus();
}

void PartitionExport::Commit() {
  for (Pending& pending : pending_) {
    const auto it = entries_.find(pending.key);
    if (it != entries_.end()) {
      digest_ -= it->second.hash;
      if (!it->second.averages.empty()) --wanted_;
    }
    if (!pending.live) {
      if (it != entries_.end()) entries_.erase(it);
      continue;
    }
    digest_ += pending.entry.hash;
    if (!pending.entry.averages.empty()) ++wanted_;
    if (it != entries_.end()) {
      it->second = std::move(pending.entry);
    } else {
      entries_.emplace(std::move(pending.key), std::move(pending.entry));
    }
  }
  pending_.clear();
}

absl::Status PartitionExport::CheckProof() const {
  if (!checkpoint_.has_value() || (checkpoint_->digest() == digest_ &&
                                   checkpoint_->keys() == entries_.size())) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrFormat(
      "partition %d: %d keys with the digest %016x are in the topic, but its "
      "checkpoint says %d keys and %016x: keys are lost, or somebody else "
      "wrote to the topic. A start would refuse this state",
      partition_.value(), entries_.size(), digest_, checkpoint_->keys(),
      checkpoint_->digest()));
}

absl::Status PartitionExport::ForEach(
    absl::FunctionRef<absl::Status(const ExportRow&)> visit) const {
  std::vector<const std::pair<const std::string, Entry>*> sorted;
  sorted.reserve(wanted_);
  for (const auto& entry : entries_) {
    if (!entry.second.averages.empty()) sorted.push_back(&entry);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  ExportRow row;
  row.partition = partition_;
  for (const auto* entry : sorted) {
    row.key = entry->first;
    row.result_offset = entry->second.offset;
    absl::Status status = DecodeSnapshot(entry->second.averages, &row.snapshot);
    if (status.ok()) status = visit(row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace exactmean
