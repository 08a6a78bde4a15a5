// Conservation, from committed records alone: does every offset that was passed
// have its place, and does each checkpoint follow from the one before?

#ifndef EXACTMEAN_TOOLS_INSPECT_AUDIT_AUDIT_H_
#define EXACTMEAN_TOOLS_INSPECT_AUDIT_AUDIT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// Checkpoints in a row of one transactional id.
struct WriterSpan {
  std::string writer;
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  int64_t next_offset = 0;  // of its last
};

struct Violation {
  Offset results_offset;  // of the checkpoint
  std::string what;
};

// Of one results partition.
struct PartitionAudit {
  Partition partition;
  uint64_t checkpoints = 0;
  results::Checkpoint first, last;  // set when there are any
  std::vector<WriterSpan> writers;
  std::vector<Violation> violations;

  // Which records of the input were counted: committed ones from `counted_from`
  // to before the last checkpoint's next offset. Not when there are none.
  absl::optional<Offset> counted_from;
  uint64_t counted = 0;
  uint64_t expected = 0;  // by the checkpoints
  uint64_t lost = 0;      // of these offsets, by the checkpoints

  absl::optional<Offset> group;  // its committed offset, if it has one
};

// Holds the checkpoints of one results partition, in order, to each other.
class CheckpointAuditor {
 public:
  // `retained`: the input's first retained offset, for CountFrom.
  CheckpointAuditor(Partition partition, Offset retained)
      : retained_(retained) {
    audit_.partition = partition;
  }

  void Accept(const LogRecord& record);

  // From where the input's records can be counted: the start, or else the first
  // checkpoint that lies within what is retained.
  absl::optional<Offset> CountFrom() const { return count_from_; }

  // Records between CountFrom() and the end.
  uint64_t Expected() const;
  uint64_t Lost() const;

  const PartitionAudit& audit() const { return audit_; }

 private:
  void Violate(Offset offset, std::string what);
  void CheckOne(Offset offset, const results::Checkpoint& checkpoint);
  void CheckAfter(Offset offset, const results::Checkpoint& before,
                  const results::Checkpoint& checkpoint);
  void NoteWriter(const results::Checkpoint& checkpoint);
  void NoteCountable(const results::Checkpoint& checkpoint);

  const Offset retained_;
  PartitionAudit audit_;
  absl::optional<Offset> count_from_;
  uint64_t processed_before_ = 0;  // up to there
  uint64_t lost_before_ = 0;       // likewise
};

struct AuditInput {
  // The group's committed offset; null: it is not asked for.
  std::function<absl::StatusOr<absl::optional<Offset>>(Partition)> group;
  // Is that another program's, which a start without a state takes over? Null:
  // none is.
  std::function<absl::StatusOr<bool>(Partition)> taken_over;
  TopicReader* reader = nullptr;  // null: it is not counted
  bool compacted = false;         // then neither
};

// Reads the results of `partitions`, then counts the input. A group's offset is
// committed with a checkpoint: one that stands still and is not that of the
// last checkpoint is a violation. None is not: offsets expire; nor is one that
// a start takes over.
absl::StatusOr<std::vector<PartitionAudit>> Audit(
    TopicReader* results, const AuditInput& input,
    absl::Span<const Partition> partitions, const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_AUDIT_AUDIT_H_
