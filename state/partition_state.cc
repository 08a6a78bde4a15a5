// PartitionState: the fold, and the two steps of a commit. Restoring is in
// partition_restore.cc.

#include "state/partition_state.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "state/digest.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

// So many entries before its turn the memory of one is asked for.
constexpr size_t kAhead = 8;

}  // namespace

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
  next_offset_ = next;
  changed_ = true;
}

void PartitionState::Pass(Offset offset) {
  PassAbsent(offset);
  next_offset_ = Next(offset);
  changed_ = true;
}

Disposition PartitionState::Apply(Offset offset, absl::string_view key,
                                  const Sample& sample) {
  Pass(offset);
  const StateSpec& spec = pipeline_->spec;
  if (spec.grace_us.has_value() && stream_time_.has_value() &&
      sample.time.value() < stream_time_->value() - *spec.grace_us) {
    dispositions_.set_late(dispositions_.late() + 1);
    return Disposition::kLate;
  }
  dispositions_.set_applied(dispositions_.applied() + 1);
  AdvanceStreamTime(sample.time);

  bool created = false;
  KeyEntry* entry = keys_.FindOrCreate(key, &created);
  if (!created && entry->last_offset >= offset) {
    return Disposition::kApplied;
  }
  if (!entry->has(KeyEntry::kLive)) {
    entry->set(KeyEntry::kLive);
    entry->records = 0;
    entry->newest = sample.time;
    ++live_keys_;
  }
  entry->windows.Add(pipeline_->layout, sample);
  entry->newest = std::max(entry->newest, sample.time);
  entry->last_offset = offset;
  ++entry->records;
  MarkDirty(entry);
  WatchIdle(entry);
  return Disposition::kApplied;
}

void PartitionState::Delete(Offset offset, absl::string_view key) {
  Pass(offset);
  dispositions_.set_applied(dispositions_.applied() + 1);
  KeyEntry* entry = keys_.Find(key);
  if (entry == nullptr || entry->last_offset >= offset) return;
  entry->last_offset = offset;
  if (entry->has(KeyEntry::kLive)) Kill(entry);
}

void PartitionState::Skip(Offset offset) {
  Pass(offset);
  dispositions_.set_skipped(dispositions_.skipped() + 1);
}

void PartitionState::AddDeadLetter(Offset offset, OwnedRecord record) {
  Pass(offset);
  dispositions_.set_dead_lettered(dispositions_.dead_lettered() + 1);
  dead_letter_bytes_ += record.bytes();
  dead_letters_.push_back(std::make_shared<const DeadLetter>(
      DeadLetter{offset, std::move(record)}));
}

void PartitionState::AdvanceStreamTime(EventTime time) {
  if (stream_time_.has_value() && time <= *stream_time_) return;
  stream_time_ = time;
  if (pipeline_->spec.idle_key_ttl_us.has_value()) ForgetIdleKeys();
}

void PartitionState::ForgetIdleKeys() {
  const EventTime oldest(stream_time_->value() -
                         *pipeline_->spec.idle_key_ttl_us);
  while (!idle_.empty() && (*idle_.begin())->watched < oldest) {
    KeyEntry* entry = *idle_.begin();
    if (entry->newest < oldest) {
      Kill(entry);
    } else {
      Unwatch(entry);
      WatchIdle(entry);
    }
  }
}

void PartitionState::WatchIdle(KeyEntry* entry) {
  if (!pipeline_->spec.idle_key_ttl_us.has_value() ||
      entry->has(KeyEntry::kTimed)) {
    return;
  }
  entry->set(KeyEntry::kTimed);
  entry->watched = entry->newest;
  idle_.insert(entry);
}

void PartitionState::Unwatch(KeyEntry* entry) {
  if (!entry->has(KeyEntry::kTimed)) return;
  idle_.erase(entry);
  entry->clear(KeyEntry::kTimed);
}

void PartitionState::MarkDirty(KeyEntry* entry) {
  if (entry->has(KeyEntry::kDirty)) return;
  entry->set(KeyEntry::kDirty);
  dirty_.push_back(entry);
}

void PartitionState::Kill(KeyEntry* entry) {
  Unwatch(entry);  // it may come back with an earlier time
  entry->clear(KeyEntry::kLive);
  entry->windows.Clear();
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

void PartitionState::EncodeSnapshot(const KeyEntry& entry,
                                    absl::Span<Average> averages,
                                    std::string* out) {
  scratch_.Clear();
  scratch_.set_format(kSnapshotFormat);
  scratch_.set_last_offset(entry.last_offset.value());
  scratch_.set_event_time(entry.newest.value());
  scratch_.set_records(entry.records);
  entry.windows.ToAverages(pipeline_->layout, averages);
  for (const Average& average : averages) {
    results::Average* to = scratch_.add_averages();
    to->set_average(average.average);
    to->set_count(average.count);
    to->set_min(average.min);
    to->set_max(average.max);
    to->set_stddev(average.stddev);
  }
  entry.windows.ToProto(pipeline_->layout, &scratch_);
  AppendResult(scratch_, out);
}

void PartitionState::FillCheckpoint(absl::string_view writer) {
  results::Checkpoint& to = checkpoint_in_flight_;
  to.Clear();
  to.set_format(kCheckpointFormat);
  const StateIdentity& identity = pipeline_->identity;
  to.set_application_id(identity.application_id);
  to.set_input_topic(identity.input_topic);
  to.set_input_partitions(identity.input_partitions);
  to.set_partition(partition_.value());
  to.set_next_offset(next_offset_.value());
  to.set_start_offset(start_offset_.value());
  if (anchor_.has_value()) {
    to.mutable_anchor()->set_offset(anchor_->offset.value());
    to.mutable_anchor()->set_timestamp(anchor_->timestamp_ms);
    to.mutable_anchor()->set_checksum(anchor_->checksum);
  }
  if (stream_time_.has_value()) {
    to.mutable_stream_time()->set_time(stream_time_->value());
  }
  *to.mutable_dispositions() = dispositions_;
  to.set_keys(live_keys_);
  to.set_digest(digest_in_flight_);
  to.set_fingerprint(pipeline_->fingerprint.hash);
  to.set_fingerprint_text(pipeline_->fingerprint.text);
  to.set_sequence(checkpoint_.sequence() + 1);
  to.set_writer(std::string(writer));
  for (const WindowSpec& window : pipeline_->layout.windows) {
    to.add_windows(window.name);
  }
}

ChangeSet PartitionState::Changes(absl::string_view writer) {
  ChangeSet changes(partition_, pipeline_->layout.windows.size());
  std::vector<Average> averages(pipeline_->layout.windows.size());
  digest_in_flight_ = digest_;
  in_flight_.clear();
  in_flight_.reserve(dirty_.size());
  for (size_t i = 0; i < dirty_.size(); ++i) {
    if (i + kAhead < dirty_.size()) dirty_[i + kAhead]->Prefetch();
    KeyEntry* const entry = dirty_[i];
    entry->clear(KeyEntry::kDirty);
    uint64_t hash = 0;
    if (entry->has(KeyEntry::kLive)) {
      changes.AddKey(entry->key());
      const size_t value = changes.bytes().size();
      EncodeSnapshot(*entry, absl::MakeSpan(averages), &changes.bytes());
      hash = RecordHash(entry->key(),
                        absl::string_view(changes.bytes()).substr(value));
      changes.EndSnapshot(averages);
    } else if (entry->hash_in_log != 0) {
      changes.AddKey(entry->key());
      changes.EndTombstone();
    }
    digest_in_flight_ += hash - entry->hash_in_log;
    entry->set(KeyEntry::kInFlight);
    in_flight_.push_back({entry, hash});
  }
  dirty_.clear();
  dead_letters_in_flight_ = std::exchange(dead_letters_, {});
  changes.set_dead_letters(dead_letters_in_flight_);
  changed_ = false;
  has_in_flight_ = true;
  FillCheckpoint(writer);
  changes.set_checkpoint(EncodeResult(checkpoint_in_flight_), next_offset_);
  return changes;
}

void PartitionState::MarkCommitted() {
  for (size_t i = 0; i < in_flight_.size(); ++i) {
    if (i + kAhead < in_flight_.size())
      in_flight_[i + kAhead].entry->Prefetch();
    const InFlight& change = in_flight_[i];
    change.entry->clear(KeyEntry::kInFlight);
    change.entry->hash_in_log = change.hash;
    EraseIfDone(change.entry);
  }
  // Gives its memory back: it may have been all keys.
  std::vector<InFlight>().swap(in_flight_);
  for (const auto& letter : dead_letters_in_flight_) {
    dead_letter_bytes_ -= letter->record.bytes();
  }
  dead_letters_in_flight_.clear();
  has_in_flight_ = false;
  digest_ = digest_in_flight_;
  checkpoint_ = checkpoint_in_flight_;
  has_checkpoint_ = true;
}

void PartitionState::MarkAborted() {
  for (const InFlight& change : in_flight_) {
    change.entry->clear(KeyEntry::kInFlight);
    MarkDirty(change.entry);
  }
  in_flight_.clear();
  // What was added meanwhile lies behind it.
  dead_letters_.insert(dead_letters_.begin(), dead_letters_in_flight_.begin(),
                       dead_letters_in_flight_.end());
  dead_letters_in_flight_.clear();
  has_in_flight_ = false;
  changed_ = true;
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
    EncodeSnapshot(entry, absl::MakeSpan(averages), &bytes);
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
