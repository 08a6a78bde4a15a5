// PartitionState: the two steps of a commit.

#include <memory>
#include <utility>

#include "state/digest.h"
#include "state/partition_state.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

// So many entries before its turn the memory of one is asked for.
constexpr size_t kAhead = 8;

}  // namespace

void PartitionState::EncodeSnapshot(const KeyEntry& entry, Form form,
                                    absl::Span<Average> averages,
                                    std::string* out) {
  scratch_.Clear();
  scratch_.set_format(kSnapshotFormat);
  scratch_.set_last_offset(entry.last_offset.value());
  scratch_.set_event_time(entry.newest.value());
  scratch_.set_records(entry.records);
  if (entry.has(KeyEntry::kRetried)) {
    scratch_.set_retried(retried_.find(&entry)->second);
  }
  entry.windows.ToAverages(pipeline_->layout, averages);
  for (const Average& average : averages) {
    results::Average* to = scratch_.add_averages();
    to->set_average(average.average);
    to->set_count(average.count);
    to->set_min(average.min);
    to->set_max(average.max);
    to->set_stddev(average.stddev);
  }
  if (form == Form::kWhole) {
    entry.windows.ToWholeProto(pipeline_->layout, &scratch_);
  } else {
    entry.windows.ToProto(pipeline_->layout, &scratch_);
  }
  AppendResult(&scratch_, out);
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
  to.set_delivery(ToProto(pipeline_->delivery));
  for (const WindowSpec& window : pipeline_->layout.windows) {
    to.add_windows(window.name);
  }
  retries_.ToCheckpoint(&to);
}

ChangeSet PartitionState::Changes(absl::string_view writer) {
  ChangeSet changes(partition_, pipeline_->layout.windows.size());
  std::vector<Average> averages(pipeline_->layout.windows.size());
  digest_in_flight_ = digest_;
  in_flight_.clear();
  in_flight_.reserve(dirty_.size());
  const bool in_segments = pipeline_->layout.in_segments();
  for (size_t i = 0; i < dirty_.size(); ++i) {
    if (i + kAhead < dirty_.size()) dirty_[i + kAhead]->Prefetch();
    KeyEntry* const entry = dirty_[i];
    entry->clear(KeyEntry::kDirty);
    uint64_t hash = 0;
    if (entry->has(KeyEntry::kLive)) {
      changes.AddKey(entry->key());
      const size_t value = changes.bytes().size();
      EncodeSnapshot(*entry, Form::kWithSegments, absl::MakeSpan(averages),
                     &changes.bytes());
      hash = RecordHash(entry->key(),
                        absl::string_view(changes.bytes()).substr(value));
      changes.EndSnapshot(averages);
    } else if (entry->hash_in_log != 0 || entry->has(KeyEntry::kStray)) {
      changes.AddKey(entry->key());
      changes.EndTombstone(entry->last_offset);
    }
    if (in_segments) AddSegments(entry, &changes);
    digest_in_flight_ += hash - entry->hash_in_log;
    entry->set(KeyEntry::kInFlight);
    in_flight_.push_back({entry, hash});
  }
  dirty_.clear();
  diverted_in_flight_ = std::exchange(diverted_, {});
  changes.set_diverted(diverted_in_flight_);
  changed_ = false;
  FillCheckpoint(writer);
  changes.set_checkpoint(EncodeResult(checkpoint_in_flight_), next_offset_);
  return changes;
}

void PartitionState::MarkCommitted() {
  // Before an entry may be erased.
  for (const SegmentInFlight& segment : segments_in_flight_) {
    segment.entry->windows.segments()->Settle(segment.number, segment.hash);
  }
  std::vector<SegmentInFlight>().swap(segments_in_flight_);
  for (size_t i = 0; i < in_flight_.size(); ++i) {
    if (i + kAhead < in_flight_.size()) {
      in_flight_[i + kAhead].entry->Prefetch();
    }
    const InFlight& change = in_flight_[i];
    change.entry->clear(KeyEntry::kInFlight);
    change.entry->clear(KeyEntry::kStray);
    change.entry->hash_in_log = change.hash;
    EraseIfDone(change.entry);
  }
  // Both may have been all keys, and what comes now is few.
  std::vector<InFlight>().swap(in_flight_);
  if (dirty_.size() < dirty_.capacity() / 8) dirty_.shrink_to_fit();
  for (const auto& diverted : diverted_in_flight_) {
    diverted_bytes_ -= diverted->record.bytes();
  }
  diverted_in_flight_.clear();
  digest_ = digest_in_flight_;
  checkpoint_ = checkpoint_in_flight_;
  has_checkpoint_ = true;
}

void PartitionState::MarkAborted() {
  for (const SegmentInFlight& segment : segments_in_flight_) {
    segment.entry->windows.segments()->Abandon(segment.number);
  }
  segments_in_flight_.clear();
  for (const InFlight& change : in_flight_) {
    change.entry->clear(KeyEntry::kInFlight);
    MarkDirty(change.entry);
  }
  in_flight_.clear();
  // What was added meanwhile lies behind it.
  diverted_.insert(diverted_.begin(), diverted_in_flight_.begin(),
                   diverted_in_flight_.end());
  diverted_in_flight_.clear();
  changed_ = true;
}

}  // namespace exactmean
