// ReadResults.

#include "tools/inspect/results_view.h"

#include <utility>

#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {

absl::Status Accept(const LogRecord& record, PartitionView* view) {
  ++view->records_read;
  const std::string key(record.key.value_or(""));
  if (key == kCheckpointKey && record.value.has_value()) {
    return DecodeCheckpoint(*record.value, &view->checkpoint.emplace());
  }
  if (IsReservedKey(key)) return absl::OkStatus();
  const auto it = view->keys.find(key);
  if (it != view->keys.end()) {
    view->digest -= RecordHash(key, it->second.snapshot);
    view->keys.erase(it);
  }
  if (record.value.has_value()) {
    view->digest += RecordHash(key, *record.value);
    view->keys[key] = {record.offset, std::string(*record.value)};
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PartitionView>> ReadResults(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options) {
  const auto stretches = CommittedPartitions(reader, partitions, options);
  if (!stretches.ok()) return stretches.status();
  std::map<Partition, PartitionView> views;
  for (const Partition partition : partitions) {
    views[partition].partition = partition;
  }
  const auto ends =
      Scan(reader, *stretches, options, [&](const LogRecord& record) {
        return Accept(record, &views[record.partition]);
      });
  if (!ends.ok()) return ends.status();
  for (const Stretch& stretch : *stretches) {
    views[stretch.partition].transaction_open = stretch.held_back;
  }
  std::vector<PartitionView> result;
  for (auto& [partition, view] : views) result.push_back(std::move(view));
  return result;
}

}  // namespace exactmean
