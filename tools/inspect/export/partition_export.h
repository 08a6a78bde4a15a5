// The state of one results partition as of one checkpoint, kept small.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPORT_PARTITION_EXPORT_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPORT_PARTITION_EXPORT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/records/late_records.h"
#include "tools/inspect/records/snapshot_head.h"

namespace exactmean {

// One live key as of the checkpoint.
struct ExportRow {
  std::string key;
  Partition partition;
  Offset result_offset;        // of its record in the results partition
  results::Snapshot snapshot;  // without what the windows hold
};

// Takes in the committed records of one partition, in order. What follows the
// last checkpoint counts for nothing: it is a part of a commit whose rest is
// not to be read yet. Keeps of a key the bytes of its averages alone, not what
// its windows hold, and decodes them when they are asked for; of keys that the
// filter does not want, a hash for the digest. Confined to one thread.
class PartitionExport {
 public:
  PartitionExport(Partition partition, KeyFilter filter)
      : partition_(partition), filter_(std::move(filter)) {}

  // kDataLoss: its headers cannot be read.
  absl::Status Accept(const LogRecord& record);

  // After the last record. kDataLoss: the newest checkpoint is none, a key's
  // newest record is no snapshot (one that a good one follows does not matter),
  // digest or number of keys differ from the checkpoint's, or there are keys
  // but no checkpoint: keys are lost, or another wrote to the topic.
  // kUnavailable: without transactions a step is half written, so that nobody
  // can tell.
  absl::Status CheckProof() const;

  Partition partition() const { return partition_; }
  // Null: nothing was committed yet.
  const results::Checkpoint* checkpoint() const {
    return checkpoint_.has_value() ? &*checkpoint_ : nullptr;
  }
  // That the filter wants.
  uint64_t keys() const { return wanted_; }

  // In the order of the keys' bytes; ends with the first error.
  absl::Status ForEach(
      absl::FunctionRef<absl::Status(const ExportRow&)> visit) const;

 private:
  struct Entry {
    uint64_t hash = 0;  // of the record
    Offset offset;
    Offset made_by;  // as LateRecords has it
    // A Snapshot, in blocks_; empty: not wanted.
    char* averages = nullptr;
    uint32_t size = 0;
    uint32_t room = 0;
  };
  struct Pending {
    std::string key;
    bool live = false;
    uint64_t hash = 0;
    Offset offset;
    Offset made_by;
    bool segment = false;  // of a key, and none of its own
    std::string averages;
  };

  struct Sorted {
    uint64_t rank;
    absl::string_view bytes;
    const Entry* entry;
    absl::string_view key() const { return bytes; }
  };

  void AcceptCheckpoint(const LogRecord& record);
  void Commit();
  // Would a start without transactions take it all the same?
  bool TakenOnTrust() const;
  size_t PendingKeys() const;  // live ones
  void Take(const Pending& pending, Entry* entry);
  void CommitSegment(const Pending& pending);
  // Those that are wanted.
  std::vector<Sorted> InOrder() const;

  const Partition partition_;
  const KeyFilter filter_;
  absl::flat_hash_map<std::string, Entry> entries_;
  // Their hashes: they count for the digest alone.
  absl::flat_hash_map<std::string, uint64_t> segments_;
  // Since the last checkpoint, the first so many; the others are kept for their
  // memory.
  std::vector<Pending> pending_;
  size_t pending_size_ = 0;
  // Few large blocks, for many small snapshots.
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  size_t left_ = 0;
  LateRecords late_;
  absl::optional<results::Checkpoint> checkpoint_;
  uint64_t digest_ = 0;
  uint64_t wanted_ = 0;
  SnapshotHead head_;
  // Keys whose newest record is no snapshot, and why.
  std::map<std::string, std::string> bad_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPORT_PARTITION_EXPORT_H_
