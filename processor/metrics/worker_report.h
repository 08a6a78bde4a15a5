// What a worker is doing, as values: for its status line and for metrics.

#ifndef EXACTMEAN_PROCESSOR_METRICS_WORKER_REPORT_H_
#define EXACTMEAN_PROCESSOR_METRICS_WORKER_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

struct PartitionReport {
  Partition partition;
  bool running = false;  // else it is being restored, and what follows unknown
  Offset next;
  absl::optional<int64_t> lag;  // offsets; nullopt: not known
  uint64_t keys = 0;
  size_t dirty = 0;
  results::Dispositions dispositions;
  uint64_t waiting = 0;  // in retry topics
  // Of the record that the step cannot tell of; 0: there is none.
  int stuck_tries = 0;
  absl::Duration stuck_for;
};

struct WorkerReport {
  // Since the start of the process.
  uint64_t records = 0;
  uint64_t commits = 0;
  uint64_t aborts = 0;
  uint64_t recoveries = 0;
  std::vector<PartitionReport> partitions;  // that it owns
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_METRICS_WORKER_REPORT_H_
