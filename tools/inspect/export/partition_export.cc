// PartitionExport.

#include "tools/inspect/export/partition_export.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "state/counts.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tools/inspect/key_rank.h"
#include "tools/inspect/prefetch.h"

namespace exactmean {
namespace {

constexpr size_t kAhead = 8;
constexpr size_t kBlock = 1 << 20;
constexpr uint32_t kSpare = 8;

}  // namespace

absl::Status PartitionExport::Accept(const LogRecord& record) {
  const absl::string_view key = record.key.value_or("");
  if (key == kCheckpointKey) {
    AcceptCheckpoint(record);
    return absl::OkStatus();
  }
  const bool segment = ParseSegmentKey(key).has_value();
  if (IsReservedKey(key) && !segment) return absl::OkStatus();
  const auto made_by = late_.MadeBy(record);
  if (!made_by.ok()) return made_by.status();
  if (pending_size_ == pending_.size()) pending_.emplace_back();
  Pending& pending = pending_[pending_size_++];
  pending.key.assign(key.data(), key.size());
  pending.live = record.value.has_value();
  pending.made_by = *made_by;
  pending.segment = segment;
  pending.averages.clear();
  if (!bad_.empty()) bad_.erase(pending.key);
  if (!pending.live) return absl::OkStatus();
  pending.hash = RecordHash(key, *record.value);
  pending.offset = record.offset;
  if (segment || !filter_.Matches(key)) return absl::OkStatus();
  const auto head = head_.Of(*record.value);
  if (head.ok()) {
    pending.averages.assign(head->data(), head->size());
  } else {
    bad_[pending.key] = absl::StrFormat(
        "partition %d, offset %d: key \"%s\": %s", partition_.value(),
        record.offset.value(), PrintableKey(key), head.status().message());
  }
  return absl::OkStatus();
}

void PartitionExport::AcceptCheckpoint(const LogRecord& record) {
  auto checkpoint = late_.ReadCheckpoint(record);
  if (!checkpoint.has_value()) return;
  Commit();
  late_.Hold(*checkpoint);
  checkpoint_ = std::move(checkpoint);
}

void PartitionExport::Commit() {
  for (size_t i = 0; i < pending_size_; ++i) {
    // Keys lie anywhere in memory: the next ones are on their way meanwhile.
    const size_t ahead = std::min(i + 2 * kAhead, pending_size_ - 1);
    entries_.prefetch(pending_[ahead].key);
    const Pending& pending = pending_[i];
    if (pending.segment) {
      CommitSegment(pending);
      continue;
    }
    const auto it = entries_.find(pending.key);
    if (late_.IsLate(pending.key, pending.made_by, pending.live,
                     it != entries_.end() ? it->second.made_by
                                          : LateRecords::kUnknown)) {
      continue;
    }
    if (it != entries_.end()) {
      digest_ -= it->second.hash;
      if (it->second.size > 0) --wanted_;
    }
    if (!pending.live) {
      if (it != entries_.end()) entries_.erase(it);
      continue;
    }
    digest_ += pending.hash;
    if (!pending.averages.empty()) ++wanted_;
    Take(pending, it != entries_.end() ? &it->second : &entries_[pending.key]);
  }
  pending_size_ = 0;
}

void PartitionExport::CommitSegment(const Pending& pending) {
  uint64_t& hash = segments_[pending.key];
  digest_ -= hash;
  hash = pending.live ? pending.hash : 0;
  digest_ += hash;
  if (!pending.live) segments_.erase(pending.key);
}

void PartitionExport::Take(const Pending& pending, Entry* entry) {
  entry->hash = pending.hash;
  entry->offset = pending.offset;
  entry->made_by = pending.made_by;
  entry->size = static_cast<uint32_t>(pending.averages.size());
  if (entry->size > entry->room) {
    // Counts and times grow by a byte now and then.
    entry->room = entry->size + kSpare;
    if (entry->room > left_) {
      left_ = std::max<size_t>(entry->room, kBlock);
      blocks_.emplace_back(new char[left_]);  // no zeros
      free_ = blocks_.back().get();
    }
    entry->averages = free_;
    free_ += entry->room;
    left_ -= entry->room;
  }
  std::copy(pending.averages.begin(), pending.averages.end(), entry->averages);
}

size_t PartitionExport::PendingKeys() const {
  absl::flat_hash_set<absl::string_view> keys;
  for (size_t i = 0; i < pending_size_; ++i) {
    const Pending& pending = pending_[i];
    if (pending.live) {
      keys.insert(pending.key);
    } else {
      keys.erase(pending.key);
    }
  }
  return keys.size();
}

bool PartitionExport::TakenOnTrust() const {
  if (!late_.plain()) return false;
  const auto pending = absl::MakeSpan(pending_).first(pending_size_);
  return checkpoint_->dispositions().lost() > 0 ||
         absl::c_any_of(pending, [this](const Pending& one) {
           return late_.IsAhead(one.made_by);
         });
}

absl::Status PartitionExport::CheckProof() const {
  if (!late_.bad().ok()) return late_.bad();
  if (!bad_.empty()) return absl::DataLossError(bad_.begin()->second);
  if (!checkpoint_.has_value() && PendingKeys() > 0) {
    return absl::DataLossError(absl::StrFormat(
        "partition %d: %s but no checkpoint: another program writes to "
        "the results topic, or records were deleted from it. A start would "
        "refuse this state",
        partition_.value(), Plural(PendingKeys(), "key")));
  }
  if (!checkpoint_.has_value() || (checkpoint_->digest() == digest_ &&
                                   checkpoint_->keys() == entries_.size())) {
    return absl::OkStatus();
  }
  if (TakenOnTrust()) {
    return absl::UnavailableError(absl::StrFormat(
        "partition %d: its last whole step cannot be proven: another is being "
        "written, or was not finished, and compaction has taken away what came "
        "before it. Ask again; if no processor runs, start one first",
        partition_.value()));
  }
  return absl::DataLossError(absl::StrFormat(
      "partition %d: the topic has %s with the digest %016x, but its "
      "checkpoint says %s and %016x: keys are lost, or somebody else "
      "wrote to the topic. A start would refuse this state",
      partition_.value(), Plural(entries_.size(), "key"), digest_,
      Plural(checkpoint_->keys(), "key"), checkpoint_->digest()));
}

std::vector<PartitionExport::Sorted> PartitionExport::InOrder() const {
  std::vector<Sorted> sorted;
  sorted.reserve(wanted_);
  for (const auto& [key, entry] : entries_) {
    if (entry.size > 0) sorted.push_back({0, key, &entry});
  }
  const size_t same = CommonPrefix(sorted);
  for (Sorted& one : sorted) one.rank = KeyRank(one.bytes.substr(same));
  std::sort(sorted.begin(), sorted.end(), [](const Sorted& a, const Sorted& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.bytes < b.bytes;
  });
  return sorted;
}

absl::Status PartitionExport::ForEach(
    absl::FunctionRef<absl::Status(const ExportRow&)> visit) const {
  const std::vector<Sorted> sorted = InOrder();
  ExportRow row;
  row.partition = partition_;
  for (size_t i = 0; i < sorted.size(); ++i) {
    // Entries lie anywhere: the next ones are on their way meanwhile.
    if (i + 2 * kAhead < sorted.size()) {
      PrefetchAll(sorted[i + 2 * kAhead].bytes.data(), sizeof(std::string));
      PrefetchAll(sorted[i + 2 * kAhead].entry, sizeof(Entry));
    }
    if (i + kAhead < sorted.size()) {
      const Entry& soon = *sorted[i + kAhead].entry;
      PrefetchAll(soon.averages, soon.size);
    }
    const Entry& entry = *sorted[i].entry;
    row.key.assign(sorted[i].bytes.data(), sorted[i].bytes.size());
    row.result_offset = entry.offset;
    absl::Status status =
        DecodeSnapshot({entry.averages, entry.size}, &row.snapshot);
    if (status.ok()) status = visit(row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace exactmean
