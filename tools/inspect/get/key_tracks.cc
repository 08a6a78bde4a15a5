// KeyTracks.

#include "tools/inspect/get/key_tracks.h"

#include <utility>

#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tools/inspect/records/window_specs.h"

namespace exactmean {

absl::Status KeyTracks::Read(TopicReader* results,
                             absl::Span<const Partition> partitions,
                             const ScanOptions& options) {
  auto stretches = CommittedPartitions(results, partitions, options);
  if (!stretches.ok()) return stretches.status();
  for (const Stretch& stretch : *stretches) Prepare(stretch);
  const absl::Status read = ScanOn(
      results, options,
      [this](const LogRecord& record) { return Take(record); },
      [](Partition) { return false; },  // of some keys nobody can tell
      &*stretches);
  if (!read.ok()) return read;
  for (const auto& [partition, late] : late_) {
    if (!late.bad().ok()) return late.bad();
  }
  return absl::OkStatus();
}

void KeyTracks::Prepare(const Stretch& stretch) {
  Tracks& tracks = tracks_[stretch.partition];
  segments_.try_emplace(stretch.partition, /*past=*/true);
  for (const std::vector<std::string>& meant : question_.keys) {
    for (const std::string& key : meant) {
      KeyTrack& track = tracks[key];
      const auto at = question_.at.find(stretch.partition);
      if (at == question_.at.end()) continue;
      track.point.emplace(at->second.at,
                          /*whole_log=*/stretch.from == Offset(0));
    }
  }
}

absl::Status KeyTracks::Take(const LogRecord& record) {
  Tracks& tracks = tracks_[record.partition];
  const absl::string_view key = record.key.value_or("");
  if (key == kCheckpointKey) {
    TakeCheckpoint(record);
    return absl::OkStatus();
  }
  if (const auto segment = ParseSegmentKey(key)) {
    if (tracks.contains(segment->key)) {
      segments_.at(record.partition).Take(*segment, record);
    }
    return absl::OkStatus();
  }
  const auto asked = tracks.find(key);
  if (asked == tracks.end()) return absl::OkStatus();
  KeyTrack& track = asked->second;
  LateRecords& late = late_[record.partition];
  const auto made_by = late.MadeBy(record);
  if (!made_by.ok()) return made_by.status();
  const bool live = record.value.has_value();
  if (late.IsLate(key, *made_by, live, track.made_by)) {
    return absl::OkStatus();
  }
  track.made_by = live ? *made_by : LateRecords::kUnknown;
  track.seen = true;
  track.snapshot.reset();
  if (record.value.has_value()) track.snapshot = std::string(*record.value);
  track.results_offset = record.offset;
  if (track.point.has_value()) {
    track.point->TakeVersion(record.offset, record.value);
  }
  return absl::OkStatus();
}

void KeyTracks::TakeCheckpoint(const LogRecord& record) {
  LateRecords& late = late_[record.partition];
  auto checkpoint = late.ReadCheckpoint(record);
  if (!checkpoint.has_value()) return;
  late.Hold(*checkpoint);
  for (auto& [name, track] : tracks_[record.partition]) {
    if (track.point.has_value()) track.point->TakeCheckpoint(*checkpoint);
  }
  checkpoints_[record.partition] = *std::move(checkpoint);
}

absl::StatusOr<std::string> KeyTracks::Whole(Partition partition,
                                             absl::string_view key,
                                             const std::string& snapshot,
                                             Offset as_of) const {
  results::Snapshot whole;
  const auto checkpoint = checkpoints_.find(partition);
  if (checkpoint == checkpoints_.end() ||
      !DecodeSnapshot(snapshot, &whole).ok() ||
      (whole.segments() == 0 && whole.first_segment() == 0)) {
    return snapshot;
  }
  const auto layout = SegmentedLayoutOf(checkpoint->second);
  if (!layout.has_value()) {
    return absl::DataLossError(
        "its checkpoint does not tell of its windows as this version does");
  }
  const absl::Status status =
      segments_.at(partition).MakeWhole(*layout, key, as_of, &whole);
  if (!status.ok()) return status;
  return EncodeResult(whole);
}

}  // namespace exactmean
