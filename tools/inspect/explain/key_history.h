// What a results topic still holds of some keys, every version of them.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_KEY_HISTORY_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_KEY_HISTORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// One record of a key in the results topic.
struct KeyVersion {
  Offset offset;
  int64_t timestamp_ms = 0;                    // of its commit, about
  absl::optional<results::Snapshot> snapshot;  // absent: a tombstone
  // By which input offset it was made; as LateRecords has it.
  Offset made_by;
  // Of the last checkpoint before the key's next record: under its
  // configuration the state held this version. Absent: none follows.
  absl::optional<uint64_t> fingerprint;
};

// A key in one partition.
struct KeyHistory {
  std::string key;
  Partition partition;
  std::vector<KeyVersion> versions;  // oldest first; at least one
  // Records left out of `versions`: older than one that was there already,
  // written by an owner that had lost the partition.
  uint64_t late = 0;
  // Likewise: no snapshots, and a good one followed them.
  uint64_t damaged = 0;
  // The partition's newest checkpoint, as of the same transaction.
  absl::optional<results::Checkpoint> checkpoint;
  // By fingerprint, one checkpoint of each configuration that `versions` have:
  // a rewind may go to another.
  std::map<uint64_t, results::Checkpoint> configurations;

  const KeyVersion& newest() const { return versions.back(); }
  // Is it of the newest checkpoint's configuration? Unknown counts as such.
  bool IsCurrent(const KeyVersion& version) const;
  // For the names of its windows; null: there is no checkpoint.
  const results::Checkpoint* CheckpointOf(const KeyVersion& version) const;
};

// Of each of `words`, as KeysMeantBy takes them, in their order; a key that
// lies in several partitions in the order of these. kNotFound: the topic holds
// nothing of one. kDataLoss: the newest record of one is no snapshot, or that
// of a checkpoint is none. REQUIRES: `stretches` are of CommittedPartitions.
absl::StatusOr<std::vector<KeyHistory>> ReadKeyHistories(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    absl::Span<const std::string> words, const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_KEY_HISTORY_H_
