// What a results topic holds, as a reader of committed records sees it.

#ifndef EXACTMEAN_TOOLS_INSPECT_RESULTS_VIEW_H_
#define EXACTMEAN_TOOLS_INSPECT_RESULTS_VIEW_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/scan.h"

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

// Takes in one record of the partition, as a restore does. kDataLoss: it is no
// checkpoint though its key says so.
absl::Status Accept(const LogRecord& record, PartitionView* view);

// Reads `partitions` to their ends.
absl::StatusOr<std::vector<PartitionView>> ReadResults(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RESULTS_VIEW_H_
