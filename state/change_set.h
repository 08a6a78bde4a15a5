// What one commit writes for one partition, as a value.

#ifndef EXACTMEAN_STATE_CHANGE_SET_H_
#define EXACTMEAN_STATE_CHANGE_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/average.h"
#include "state/record.h"
#include "state/reserved_keys.h"
#include "state/types.h"

namespace exactmean {

// A record that could not be folded in, as it goes to the dead-letter topic or,
// to be tried again, to a retry topic.
struct DivertedRecord {
  Offset offset;  // in the input
  // Which of the configured retry topics, from 0; nullopt: the dead letters.
  absl::optional<size_t> retry_step;
  OwnedRecord record;
};
// Never changed once it is made, so that who waits for a commit and who carries
// it out may share it.
using DivertedRecords = std::vector<std::shared_ptr<const DivertedRecord>>;

// Owns its bytes, so that another thread may carry it. To be written in this
// order: diverted records, segments, keys, and the checkpoint last.
class ChangeSet {
 public:
  ChangeSet(Partition partition, size_t windows)
      : partition_(partition), windows_(windows) {}

  // The bytes of a value are appended in place: AddKey, then append to bytes(),
  // then EndSnapshot or EndTombstone.
  void AddKey(absl::string_view key) {
    Record record;
    record.begin = bytes_.size();
    bytes_.append(key.data(), key.size());
    record.value = bytes_.size();
    records_.push_back(record);
  }
  std::string& bytes() { return bytes_; }
  // REQUIRES: averages.size() is the number of windows.
  void EndSnapshot(absl::Span<const Average> averages) {
    records_.back().end = bytes_.size();
    averages_.insert(averages_.end(), averages.begin(), averages.end());
  }
  // `deleted_at`: the offset of the record that made the key go.
  void EndTombstone(Offset deleted_at) {
    records_.back().end = bytes_.size();
    records_.back().tombstone = true;
    records_.back().deleted_at = deleted_at;
    averages_.resize(averages_.size() + windows_);
  }
  // The bytes of null: the segment goes.
  void AddSegment(const SegmentKey& key, const std::string* bytes) {
    segments_.push_back({ToString(key), absl::nullopt});
    if (bytes != nullptr) segments_.back().value = *bytes;
  }
  void set_diverted(DivertedRecords diverted) {
    diverted_ = std::move(diverted);
  }
  void set_checkpoint(std::string value, Offset next_offset) {
    checkpoint_ = std::move(value);
    next_offset_ = next_offset;
  }

  Partition partition() const { return partition_; }
  size_t size() const { return records_.size(); }  // keys
  absl::string_view key(size_t i) const {
    const Record& r = records_[i];
    return absl::string_view(bytes_).substr(r.begin, r.value - r.begin);
  }
  absl::optional<absl::string_view> value(size_t i) const {
    const Record& r = records_[i];
    if (r.tombstone) return absl::nullopt;
    return absl::string_view(bytes_).substr(r.value, r.end - r.value);
  }
  // REQUIRES: a tombstone.
  Offset deleted_at(size_t i) const { return records_[i].deleted_at; }
  // One a window; of a tombstone, counts of 0.
  absl::Span<const Average> averages(size_t i) const {
    return absl::MakeConstSpan(averages_).subspan(i * windows_, windows_);
  }
  // Segments of keys, under keys of their own; without a value: it goes.
  struct Segment {
    std::string key;
    absl::optional<std::string> value;
  };
  const std::vector<Segment>& segments() const { return segments_; }
  // In the order in which they were met.
  const DivertedRecords& diverted() const { return diverted_; }
  absl::string_view checkpoint() const { return checkpoint_; }
  Offset next_offset() const { return next_offset_; }

 private:
  struct Record {
    size_t begin = 0;  // in bytes_: the key,
    size_t value = 0;  // the value,
    size_t end = 0;    // and what follows
    bool tombstone = false;
    Offset deleted_at;
  };

  Partition partition_;
  size_t windows_;
  std::string bytes_;
  std::vector<Record> records_;
  std::vector<Average> averages_;
  std::vector<Segment> segments_;
  DivertedRecords diverted_;
  std::string checkpoint_;
  Offset next_offset_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_CHANGE_SET_H_
