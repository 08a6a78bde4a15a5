// PartitionState: the segments of long windows, written and restored.

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "state/digest.h"
#include "state/partition_state.h"

namespace exactmean {

void PartitionState::AddSegments(KeyEntry* entry, ChangeSet* changes) {
  SegmentLog* const segments = entry->windows.segments();
  if (segments == nullptr) return;
  segments->VisitDue([&](uint64_t number, const std::string* bytes,
                         uint64_t hash_in_log) {
    const SegmentKey key = {number, entry->key()};
    changes->AddSegment(key, bytes);
    const uint64_t hash =
        bytes == nullptr ? 0
                         : RecordHash(changes->segments().back().key, *bytes);
    digest_in_flight_ += hash - hash_in_log;
    segments_in_flight_.push_back({entry, number, hash});
  });
}

void PartitionState::RestoreSegment(const SegmentKey& segment,
                                    absl::string_view key,
                                    absl::optional<absl::string_view> value) {
  auto& of_key = segments_read_[segment.key];
  const auto before = of_key.find(segment.number);
  if (before != of_key.end()) digest_ -= before->second.hash;
  if (value.has_value()) {
    const uint64_t hash = RecordHash(key, *value);
    digest_ += hash;
    of_key[segment.number] = {std::string(*value), hash};
    return;
  }
  if (before != of_key.end()) of_key.erase(before);
  if (of_key.empty()) segments_read_.erase(segment.key);
}

// To the windows of their keys, whose snapshots say which they are. The proof
// leaves none over, unless a checkpoint was made for what is there.
absl::Status PartitionState::TakeSegments() {
  absl::Status status;
  if (pipeline_->layout.in_segments()) {
    keys_.ForEach([&](KeyEntry& entry) {
      if (!status.ok() || entry.windows.awaited_segments() == 0) return;
      status = TakeSegmentsOf(&entry);
    });
  }
  if (status.ok() && !segments_read_.empty()) {
    status = absl::DataLossError(
        absl::StrCat("key \"", absl::CHexEscape(segments_read_.begin()->first),
                     "\": a segment that its snapshot does not speak of"));
  }
  // Gives its memory back.
  segments_read_ = decltype(segments_read_)();
  return status;
}

absl::Status PartitionState::TakeSegmentsOf(KeyEntry* entry) {
  const uint64_t first = entry->windows.segments()->first_number();
  const uint64_t count = entry->windows.awaited_segments();
  const auto corrupt = [&](absl::string_view why) {
    return absl::DataLossError(
        absl::StrCat("key \"", absl::CHexEscape(entry->key()), "\": ", why));
  };
  const auto found = segments_read_.find(entry->key());
  std::vector<KeyWindows::WrittenSegment> segments;
  if (found != segments_read_.end()) {
    for (const auto& [number, read] : found->second) {
      if (number - first >= count) {
        return corrupt("a segment that its snapshot does not speak of");
      }
      segments.push_back({read.bytes, read.hash});
    }
  }
  if (segments.size() != count) {
    return corrupt(absl::StrCat("its snapshot speaks of ", count,
                                " segments, of which there are ",
                                segments.size()));
  }
  const absl::Status status =
      entry->windows.TakeSegments(pipeline_->layout, segments);
  if (!status.ok()) return corrupt(status.message());
  segments_read_.erase(found);
  return absl::OkStatus();
}

}  // namespace exactmean
