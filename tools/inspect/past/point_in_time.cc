// PointInTime.

#include "tools/inspect/past/point_in_time.h"

#include "state/result_codec.h"

namespace exactmean {

void PointInTime::ForgetHistory() {
  proven_.reset();
  checkpoint_before_ = false;
}

void PointInTime::TakeVersion(Offset results_offset,
                              absl::optional<absl::string_view> value) {
  seen_ = true;
  settled_ = false;
  results_offset_ = results_offset;
  tombstone_ = !value.has_value();
  decoded_ = false;
  snapshot_.clear();
  if (tombstone_) return;
  results::Snapshot snapshot;
  decoded_ = DecodeSnapshot(*value, &snapshot).ok();
  if (!decoded_) return;
  const Offset last(snapshot.last_offset());
  if (last < last_offset_) ForgetHistory();
  last_offset_ = last;
  retried_ = snapshot.retried() > 0;
  if (last < at_) snapshot_ = std::string(*value);
}

void PointInTime::TakeCheckpoint(const results::Checkpoint& checkpoint) {
  const Offset next(checkpoint.next_offset());
  const uint64_t fingerprint = checkpoint.fingerprint();
  if (next < next_offset_ ||
      fingerprint_.value_or(fingerprint) != fingerprint) {
    ForgetHistory();
  }
  next_offset_ = next;
  fingerprint_ = fingerprint;
  const bool before =
      checkpoint_before_ || (!seen_ && checkpoint.sequence() == 1);
  checkpoint_before_ = true;
  settled_ = true;
  known_gone_ = seen_ ? tombstone_ : before && whole_log_;
  if (proven_.has_value() || next < at_) return;
  if (known_gone_ && next == at_) proven_.emplace();
  if (decoded_ && last_offset_ < at_ && (!retried_ || next == at_)) {
    proven_ = Newest();
  }
}

ProvenKey PointInTime::Newest() const {
  ProvenKey key;
  key.live = true;
  key.snapshot = snapshot_;
  key.results_offset = results_offset_;
  return key;
}

absl::optional<ProvenKey> PointInTime::AtLastCheckpoint() const {
  if (!settled_) return absl::nullopt;
  if (known_gone_) return ProvenKey();
  if (decoded_ && last_offset_ < next_offset_) return Newest();
  return absl::nullopt;
}

}  // namespace exactmean
