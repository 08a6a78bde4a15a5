// What a results topic holds, as a reader of committed records sees it.

#ifndef EXACTMEAN_TOOLS_INSPECT_RESULTS_VIEW_H_
#define EXACTMEAN_TOOLS_INSPECT_RESULTS_VIEW_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/clock.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// One live key.
struct KeyView {
  Offset offset;  // of its newest record in the results partition
  std::string snapshot;
};

// One results partition.
struct PartitionView {
  Partition partition;
  // Live keys, in their order as bytes.
  std::map<std::string, KeyView> keys;
  absl::optional<results::Checkpoint> checkpoint;
  uint64_t records_read = 0;
  uint64_t digest = 0;  // of `keys`, computed here
  // An open transaction hides records beyond what is shown.
  bool transaction_open = false;

  // Does the checkpoint's digest say the same as the keys?
  bool DigestVerified() const {
    return checkpoint.has_value() && checkpoint->digest() == digest &&
           checkpoint->keys() == keys.size();
  }
};

// Reads `partitions` to their ends. Waits for trouble to pass and for open
// transactions no longer than `patience` without progress.
absl::StatusOr<std::vector<PartitionView>> ReadResults(
    ResultsLog* log, absl::Span<const Partition> partitions, Clock* clock,
    absl::Duration patience);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RESULTS_VIEW_H_
