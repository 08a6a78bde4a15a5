// PartitionState: reading it back from the results topic.

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "state/digest.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {

absl::Status PartitionState::Restore(absl::string_view key,
                                     absl::optional<absl::string_view> value,
                                     absl::optional<Offset> deleted_at) {
  if (key == kCheckpointKey) {
    RestoreCheckpoint(value);
    return absl::OkStatus();
  }
  if (const auto segment = ParseSegmentKey(key)) {
    RestoreSegment(*segment, key, value);
    return absl::OkStatus();
  }
  if (IsReservedKey(key)) {
    return absl::FailedPreconditionError(
        absl::StrCat("reserved key \"", absl::CHexEscape(key),
                     "\", which this version does not know. Run the version "
                     "of exactmean that wrote it"));
  }
  if (value.has_value()) return RestoreSnapshot(key, *value);
  RestoreTombstone(key, deleted_at);
  return absl::OkStatus();
}

void PartitionState::RestoreTombstone(absl::string_view key,
                                      absl::optional<Offset> deleted_at) {
  if (deleted_at.has_value() && !IsLastOffset(*deleted_at)) {
    bad_snapshots_[std::string(key)] =
        absl::StrCat("corrupt tombstone: ", deleted_at->value(),
                     " is the offset of no record");
    return;
  }
  KeyEntry* entry = keys_.Find(key);
  if (deleted_at.has_value() && entry != nullptr &&
      entry->last_offset > *deleted_at) {
    stale_.emplace(key);
    return;
  }
  if (!bad_snapshots_.empty()) bad_snapshots_.erase(std::string(key));
  if (!stale_.empty()) stale_.erase(std::string(key));
  if (entry != nullptr && entry->has(KeyEntry::kLive)) {
    digest_ -= entry->hash_in_log;
    --live_keys_;
    if (entry->has(KeyEntry::kRetried)) retried_.erase(entry);
    entry->clear(KeyEntry::kRetried);
    if (!deleted_at.has_value()) {
      keys_.Erase(entry);
      return;
    }
    entry->hash_in_log = 0;
    entry->clear(KeyEntry::kLive);
    entry->windows.Clear(pipeline_->layout);
  }
  if (!deleted_at.has_value()) return;
  // Kept: an older snapshot of it may follow.
  bool created = false;
  entry = keys_.FindOrCreate(key, &created);
  entry->last_offset = *deleted_at;
}

// A bad one counts only while it is the newest, as a bad snapshot does: what is
// restored is held against the one that follows it.
void PartitionState::RestoreCheckpoint(
    absl::optional<absl::string_view> value) {
  results::Checkpoint read;
  const absl::Status status =
      value.has_value()
          ? DecodeCheckpoint(*value, &read)
          : absl::DataLossError("the checkpoint was deleted (null value)");
  if (!status.ok()) {
    bad_checkpoint_ = status;
    return;
  }
  stale_checkpoint_ = has_checkpoint_ && IsStale(read, checkpoint_);
  if (stale_checkpoint_) return;
  bad_checkpoint_ = absl::OkStatus();
  checkpoint_ = std::move(read);
  has_checkpoint_ = true;
  digest_at_checkpoint_ = digest_;
  keys_at_checkpoint_ = live_keys_;
}

absl::Status PartitionState::RestoreSnapshot(absl::string_view key,
                                             absl::string_view value) {
  absl::Status status = DecodeSnapshot(value, &scratch_);
  bool created = false;
  if (status.ok()) {
    KeyEntry* entry = keys_.FindOrCreate(key, &created);
    const Offset last(scratch_.last_offset());
    if (plain() && !created && entry->last_offset > last) {
      stale_.emplace(key);
      return absl::OkStatus();
    }
    if (!stale_.empty()) stale_.erase(std::string(key));
    status = entry->windows.FromProto(pipeline_->layout, scratch_);
    if (!entry->has(KeyEntry::kLive)) ++live_keys_;
    const uint64_t hash = RecordHash(key, value);
    digest_ += hash - entry->hash_in_log;
    entry->hash_in_log = hash;
    entry->set(KeyEntry::kLive);
    entry->last_offset = last;
    entry->newest = EventTime(scratch_.event_time());
    entry->records = scratch_.records();
    if (scratch_.retried() > 0) {
      entry->set(KeyEntry::kRetried);
      retried_[entry] = scratch_.retried();
    } else if (entry->has(KeyEntry::kRetried)) {
      entry->clear(KeyEntry::kRetried);
      retried_.erase(entry);
    }
  }
  // Kept for FinishRestore: a later record may replace it, and a window that
  // does not fit may be of another configuration, which the checkpoint tells.
  if (!status.ok()) {
    bad_snapshots_[std::string(key)] = std::string(status.message());
  } else if (!bad_snapshots_.empty()) {
    bad_snapshots_.erase(std::string(key));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PartitionState::FinishRestore() {
  if (!bad_checkpoint_.ok()) return bad_checkpoint_;
  if (!has_checkpoint_) {
    if (live_keys_ == 0 && bad_snapshots_.empty() && segments_read_.empty()) {
      return false;
    }
    return absl::DataLossError(
        "there are snapshots but no checkpoint: another program writes to this "
        "topic, or records were deleted from it");
  }
  absl::Status status = CheckIdentity();
  if (status.ok() && !segments_read_.empty() &&
      pipeline_->delivery != DeliveryMode::kExactlyOnce) {
    status = absl::FailedPreconditionError(absl::StrCat(
        "samples of its long windows lie in segments, which EXACTLY_ONCE alone "
        "keeps: they and a snapshot are written together. Go on under it, or "
        "start over with a new application_id and results topic"));
  }
  if (status.ok() && !bad_snapshots_.empty()) {
    const auto& [key, why] = *bad_snapshots_.begin();
    status = absl::DataLossError(
        absl::StrCat("key \"", absl::CHexEscape(key), "\": ", why));
  }
  if (status.ok()) {
    FindAhead();
    status = CheckProof();
  }
  if (status.ok()) status = TakeSegments();
  if (status.ok()) status = retries_.FromCheckpoint(checkpoint_);
  if (!status.ok()) return status;

  start_offset_ = Offset(checkpoint_.start_offset());
  next_offset_ = Offset(checkpoint_.next_offset());
  dispositions_ = checkpoint_.dispositions();
  if (checkpoint_.has_stream_time()) {
    stream_time_ = EventTime(checkpoint_.stream_time().time());
  }
  if (checkpoint_.has_anchor()) {
    const results::Anchor& anchor = checkpoint_.anchor();
    anchor_ = RecordId{Offset(anchor.offset()), anchor.timestamp(),
                       anchor.checksum()};
  }
  RewriteStale();
  if (whole()) ForgetDeletedAhead();
  WatchIdleKeys();
  return true;
}

// Under transactions there is nothing that the checkpoint does not speak of;
// keys that were deleted before may be left of a time without.
void PartitionState::FindAhead() {
  const bool any = plain();
  if (!any && live_keys_ == keys_.size()) return;
  keys_.ForEach([&](KeyEntry& entry) {
    if (!entry.has(KeyEntry::kLive)) deleted_ahead_.push_back(&entry);
    if (!any || entry.last_offset < Offset(checkpoint_.next_offset())) return;
    ++beyond_.ahead;
    whole_from_ = std::max(whole_from_, Next(entry.last_offset));
  });
}

// The log's last word of a key is to be its newest state.
void PartitionState::RewriteStale() {
  beyond_.stale = stale_.size() + (stale_checkpoint_ ? 1 : 0);
  if (beyond_.stale > 0) changed_ = true;
  for (const std::string& key : std::exchange(stale_, {})) {
    KeyEntry* entry = keys_.Find(key);
    if (!entry->has(KeyEntry::kLive)) entry->set(KeyEntry::kStray);
    MarkDirty(entry);
  }
}

}  // namespace exactmean
