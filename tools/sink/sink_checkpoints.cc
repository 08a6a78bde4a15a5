// Sink: checkpoints, which name the windows and end the commits.

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/inspect/checkpoint_record.h"
#include "tools/inspect/list/any_checkpoint.h"
#include "tools/inspect/scan.h"
#include "tools/sink/sink.h"

namespace exactmean {
namespace {

bool SameWindows(const Windows& a, const Windows& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const NamedWindow& x, const NamedWindow& y) {
                      return x.name == y.name && x.has_spread == y.has_spread;
                    });
}

}  // namespace

absl::Status Sink::FindWindows(const SourceTopic& topic) {
  std::vector<Stretch> stretches;
  for (const auto& [partition, range] : topic.ranges) {
    stretches.push_back({partition, range.low, range.high});
  }
  ScanOptions scan;
  scan.clock = clock_;
  scan.stop = stop_;
  const auto checkpoint = AnyCheckpoint(reader_, stretches, scan);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->has_value()) {
    windows_ = WindowsOf(&**checkpoint, (*checkpoint)->windows_size());
  }
  return absl::OkStatus();
}

absl::Status Sink::TakeCheckpoint(const LogRecord& record) {
  results::Checkpoint checkpoint;
  const absl::Status status = DecodeCheckpointRecord(record, &checkpoint);
  if (!status.ok()) return Doubt(record, status);
  bad_checkpoints_.erase(record.partition);
  const Windows windows = WindowsOf(&checkpoint, checkpoint.windows_size());
  if (!windows_.has_value()) windows_ = windows;
  if (!SameWindows(*windows_, windows)) {
    // Before a rewind to another configuration, which has written every key
    // anew, or deleted it.
    if (table_->resyncing(record.partition)) {
      batch_.Discard(record.partition, Next(record.offset));
      return absl::OkStatus();
    }
    return absl::DataLossError(
        "the windows of the topic have changed. Start again with --resync, "
        "which reads it anew under those that it has now");
  }
  batch_.EndCommit(record.partition, Next(record.offset));
  return absl::OkStatus();
}

// For a restore, too, it matters only while it is the newest.
absl::Status Sink::Doubt(const LogRecord& record, const absl::Status& why) {
  const auto end = options_.once
                       ? absl::StatusOr<Offset>(ends_->at(record.partition))
                       : reader_->EndOffset(record.partition);
  if (!end.ok()) return end.status();
  bad_checkpoints_[record.partition] = {
      absl::Status(why.code(),
                   absl::StrCat(options_.topic, "[", record.partition.value(),
                                "], offset ", record.offset.value(), ": ",
                                why.message())),
      *end};
  return absl::OkStatus();
}

absl::Status Sink::CheckCheckpoints() {
  for (const auto& [partition, bad] : bad_checkpoints_) {
    if (reader_->Position(partition) >= bad.end) return bad.why;
  }
  return absl::OkStatus();
}

}  // namespace exactmean
