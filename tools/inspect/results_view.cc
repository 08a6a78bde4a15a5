// ReadResults.

#include "tools/inspect/results_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/retry.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

struct Reading {
  PartitionView view;
  Offset end;
  bool done = false;
};

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

absl::Status OpenAll(ResultsLog* log, Clock* clock, absl::Duration patience,
                     std::map<Partition, Reading>* readings) {
  for (auto& [partition, reading] : *readings) {
    const absl::Status status =
        RetryUnavailable(clock, patience, [&, p = partition, r = &reading] {
          const absl::StatusOr<Offset> end = log->EndOffset(p);
          if (!end.ok()) return end.status();
          r->end = *end;
          return log->Open(p);
        });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PartitionView>> ReadResults(
    ResultsLog* log, absl::Span<const Partition> partitions, Clock* clock,
    absl::Duration patience) {
  std::map<Partition, Reading> readings;
  for (Partition p : partitions) readings[p].view.partition = p;
  const absl::Status opened = OpenAll(log, clock, patience, &readings);
  if (!opened.ok()) return opened;

  size_t open = readings.size();
  absl::Time last_progress = clock->Now();
  while (open > 0) {
    const auto records = log->Read(absl::Milliseconds(50));
    if (!records.ok() && !absl::IsUnavailable(records.status())) {
      return records.status();
    }
    const bool stalled = clock->Now() - last_progress > patience;
    if (!records.ok() && stalled) return records.status();
    if (records.ok() && !records->empty()) last_progress = clock->Now();
    for (const LogRecord& record :
         records.ok() ? *records : absl::Span<const LogRecord>()) {
      const absl::Status status =
          Accept(record, &readings[record.partition].view);
      if (status.ok()) continue;
      return absl::Status(
          status.code(),
          absl::StrCat("partition ", record.partition.value(), ", offset ",
                       record.offset.value(), ": ", status.message()));
    }
    for (auto& [partition, reading] : readings) {
      if (reading.done) continue;
      const bool at_end = log->Position(partition) >= reading.end;
      if (!at_end && !stalled) continue;
      reading.view.transaction_open = !at_end;
      reading.done = true;
      --open;
      log->Close(partition);
    }
  }
  std::vector<PartitionView> views;
  for (auto& [partition, reading] : readings) {
    views.push_back(std::move(reading.view));
  }
  return views;
}

}  // namespace exactmean
