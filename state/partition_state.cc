// PartitionState: the fold. The two steps of a commit are in
// partition_commit.cc, restoring is in partition_restore.cc, its proof in
// partition_proof.cc, what comes by retry topics in partition_retries.cc.

#include "state/partition_state.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "state/result_codec.h"

namespace exactmean {

PartitionState::PartitionState(const Pipeline* pipeline, Partition partition)
    : pipeline_(pipeline),
      partition_(partition),
      keys_(pipeline->layout.ring_beside_key()) {}

void PartitionState::StartEmpty(Offset start) {
  start_offset_ = next_offset_ = start;
  // Written down before the first record: a start at the end of the topic
  // would otherwise be another one after a crash.
  changed_ = true;
}

void PartitionState::PassAbsent(Offset next) {
  if (next <= next_offset_) return;
  dispositions_.set_absent(
      dispositions_.absent() +
      static_cast<uint64_t>(next.value() - next_offset_.value()));
  PassTo(next);
}

void PartitionState::Pass(Offset offset) {
  PassAbsent(offset);
  PassTo(Next(offset));
}

void PartitionState::PassTo(Offset next) {
  next_offset_ = next;
  changed_ = true;
  if (!deleted_ahead_.empty() && whole()) ForgetDeletedAhead();
}

void PartitionState::PassLost(Offset next) {
  if (next <= next_offset_) return;
  dispositions_.set_lost(
      dispositions_.lost() +
      static_cast<uint64_t>(next.value() - next_offset_.value()));
  PassTo(next);
  WatchIdleKeys();
}

void PartitionState::ForgetDeletedAhead() {
  for (KeyEntry* entry : std::exchange(deleted_ahead_, {})) EraseIfDone(entry);
}

Disposition PartitionState::Apply(Offset offset, absl::string_view key,
                                  const Sample& sample) {
  Pass(offset);
  if (IsLate(sample)) {
    dispositions_.set_late(dispositions_.late() + 1);
    return Disposition::kLate;
  }
  dispositions_.set_applied(dispositions_.applied() + 1);
  AdvanceStreamTime(sample.time, key);
  if (!IsKept(key)) return Disposition::kApplied;

  bool created = false;
  KeyEntry* entry = keys_.FindOrCreate(key, &created);
  if (!created && entry->last_offset >= offset) {
    // Restored from ahead, it was not watched until the fold came here.
    if (entry->last_offset == offset && entry->has(KeyEntry::kLive)) {
      WatchIdle(entry);
    }
    return Disposition::kApplied;
  }
  FoldIn(entry, sample);
  entry->last_offset = offset;
  return Disposition::kApplied;
}

bool PartitionState::IsLate(const Sample& sample) const {
  const StateSpec& spec = pipeline_->spec;
  return spec.grace_us.has_value() && stream_time_.has_value() &&
         sample.time.value() < stream_time_->value() - *spec.grace_us;
}

void PartitionState::FoldIn(KeyEntry* entry, const Sample& sample) {
  if (!entry->has(KeyEntry::kLive)) {
    entry->set(KeyEntry::kLive);
    entry->records = 0;
    entry->newest = sample.time;
    ++live_keys_;
  }
  entry->windows.Add(pipeline_->layout, sample);
  entry->newest = std::max(entry->newest, sample.time);
  ++entry->records;
  MarkDirty(entry);
  WatchIdle(entry);
}

void PartitionState::Delete(Offset offset, absl::string_view key) {
  Pass(offset);
  dispositions_.set_applied(dispositions_.applied() + 1);
  KeyEntry* entry = keys_.Find(key);
  if (entry == nullptr || entry->last_offset >= offset) return;
  entry->last_offset = offset;
  if (entry->has(KeyEntry::kLive)) Kill(entry);
}

void PartitionState::Filter(Offset offset) {
  Pass(offset);
  dispositions_.set_filtered(dispositions_.filtered() + 1);
}

void PartitionState::Skip(Offset offset) {
  Pass(offset);
  dispositions_.set_skipped(dispositions_.skipped() + 1);
}

void PartitionState::AddDeadLetter(Offset offset, OwnedRecord record) {
  Pass(offset);
  dispositions_.set_dead_lettered(dispositions_.dead_lettered() + 1);
  Divert(offset, absl::nullopt, std::move(record));
}

void PartitionState::Divert(Offset offset, absl::optional<size_t> retry_step,
                            OwnedRecord record) {
  diverted_bytes_ += record.bytes();
  diverted_.push_back(std::make_shared<const DivertedRecord>(
      DivertedRecord{offset, retry_step, std::move(record)}));
}

void PartitionState::AdvanceStreamTime(EventTime time, absl::string_view key) {
  if (stream_time_.has_value() && time <= *stream_time_) return;
  stream_time_ = time;
  if (pipeline_->spec.idle_key_ttl_us.has_value()) ForgetIdleKeys(key);
}

void PartitionState::ForgetIdleKeys(absl::string_view key_at_hand) {
  const EventTime oldest(stream_time_->value() -
                         *pipeline_->spec.idle_key_ttl_us);
  while (KeyEntry* const entry = idle_.FirstBefore(oldest)) {
    if (entry->newest < oldest) {
      Kill(entry);
      // By the record at hand, which brings its own key back at once.
      if (entry->key() != key_at_hand) {
        entry->last_offset = Offset(next_offset_.value() - 1);
      }
    } else {
      idle_.Unwatch(entry);
      idle_.Watch(entry);
    }
  }
}

void PartitionState::WatchIdle(KeyEntry* entry) {
  if (pipeline_->spec.idle_key_ttl_us.has_value()) idle_.Watch(entry);
}

// A key from ahead may have come back after it was idle: it is not looked at
// before the fold has come to its last record.
void PartitionState::WatchIdleKeys() {
  if (!pipeline_->spec.idle_key_ttl_us.has_value()) return;
  keys_.ForEach([this](KeyEntry& entry) {
    if (entry.has(KeyEntry::kLive) && entry.last_offset < next_offset_) {
      WatchIdle(&entry);
    }
  });
}

void PartitionState::MarkDirty(KeyEntry* entry) {
  if (entry->has(KeyEntry::kDirty)) return;
  entry->set(KeyEntry::kDirty);
  dirty_.push_back(entry);
}

void PartitionState::Kill(KeyEntry* entry) {
  idle_.Unwatch(entry);  // it may come back with an earlier time
  entry->clear(KeyEntry::kLive);
  if (entry->has(KeyEntry::kRetried)) retried_.erase(entry);
  entry->clear(KeyEntry::kRetried);
  entry->windows.Clear(pipeline_->layout);
  --live_keys_;
  MarkDirty(entry);
}

// A deleted key is forgotten once its tombstone is in the log and nothing
// points at it.
void PartitionState::EraseIfDone(KeyEntry* entry) {
  if ((entry->flags &
       (KeyEntry::kLive | KeyEntry::kDirty | KeyEntry::kInFlight)) == 0) {
    keys_.Erase(entry);
  }
}

void PartitionState::VisitSnapshots(
    absl::FunctionRef<bool(absl::string_view key)> wanted,
    absl::FunctionRef<void(absl::string_view key, absl::string_view snapshot)>
        visit) {
  std::vector<Average> averages(pipeline_->layout.windows.size());
  std::string bytes;
  keys_.ForEach([&](const KeyEntry& entry) {
    if (!entry.has(KeyEntry::kLive) || !wanted(entry.key())) return;
    bytes.clear();
    EncodeSnapshot(entry, Form::kWhole, absl::MakeSpan(averages), &bytes);
    visit(entry.key(), bytes);
  });
}

std::vector<Average> PartitionState::AveragesOf(absl::string_view key) const {
  const KeyEntry* entry = keys_.Find(key);
  if (entry == nullptr || !entry->has(KeyEntry::kLive)) return {};
  std::vector<Average> averages(pipeline_->layout.windows.size());
  entry->windows.ToAverages(pipeline_->layout, absl::MakeSpan(averages));
  return averages;
}

}  // namespace exactmean
