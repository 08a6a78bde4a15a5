// What was read and is not in the database yet.

#ifndef EXACTMEAN_TOOLS_SINK_BATCH_H_
#define EXACTMEAN_TOOLS_SINK_BATCH_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "state/types.h"
#include "tools/sink/row.h"

namespace exactmean {

// Of each key the newest change alone, and of each partition where it goes on.
// A processor's commit ends with its checkpoint; what follows the last one
// waits for the next, so that the table shows a partition as of one commit.
// One thread.
class Batch {
 public:
  void Add(Change change);

  // A checkpoint lies before `next`: all that was added of the partition is
  // whole.
  void EndCommit(Partition partition, Offset next);

  // Nothing that was added of the partition counts, up to before `next`.
  void Discard(Partition partition, Offset next);

  // There is nothing more to read before `position`.
  void Advance(Partition partition, Offset position);

  // Makes all that was added whole, although the rest of its commit is not
  // there: a compacted topic has stretches without a checkpoint that are longer
  // than memory.
  void CutAnywhere();

  // Keys that are whole, and what is held in all.
  size_t whole() const { return whole_; }
  size_t held() const { return whole_ + waiting_; }
  size_t bytes() const { return bytes_; }

  // Of every partition that was heard of: before which offset all is whole.
  const std::map<Partition, Offset>& positions() const { return positions_; }

  // What is whole, by partition and key, which the batch then no longer holds.
  std::vector<Change> Take();

  void Clear() { *this = Batch(); }

 private:
  struct Part {
    absl::flat_hash_map<std::string, Change> whole;  // by their texts
    std::vector<Change> waiting;
    Offset next;  // after the last of `waiting`
  };

  void MakeWhole(Part* part);

  std::map<Partition, Part> parts_;
  std::map<Partition, Offset> positions_;
  size_t whole_ = 0;
  size_t waiting_ = 0;
  size_t bytes_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_BATCH_H_
