// A run over a part of the input: where it ends.

#ifndef EXACTMEAN_PROCESSOR_BOUNDED_RUN_H_
#define EXACTMEAN_PROCESSOR_BOUNDED_RUN_H_

#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "processor/input_position.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// The source of truth of each partition's end, which it asks the cluster for
// once. Owned by a Processor; on its thread.
//
// Several processes may share a run, and each finds ends of its own, which may
// differ by what came meanwhile. Each holds the others to the ends that it
// found before it joined the group. So they cannot wait for each other for
// ever: to the process that found them first all others come no earlier.
class BoundedRun {
 public:
  // `input` outlives this object. REQUIRES: `end` is latest, a time or offsets.
  BoundedRun(InputLog* input, InputPosition end)
      : input_(input), end_(std::move(end)) {}

  // What is at this offset or after it is not of the run. Latest is the last
  // stable offset as of the first call, and so is a time that no record has
  // reached. Stop(kConfig): there is no such place. Else as InputLog.
  absl::StatusOr<Offset> EndOf(Partition partition);

  // Another process may have folded on, up to a later end.
  void Forget(Partition partition) { ends_.erase(partition); }

  // Finds the ends that other processes are held to. Due before the group is
  // joined.
  absl::Status FindGoals(int32_t partitions);
  // Has the group committed all of the run in a partition that is another
  // process's, or nobody's? REQUIRES: FindGoals.
  absl::StatusOr<bool> IsCommitted(Partition partition);

  // Whether no record of the run is left at `next` or after it: all that is
  // there are markers, or nothing. False, too, while a transaction before the
  // end is open.
  absl::StatusOr<bool> NothingLeft(Partition partition, Offset next);

 private:
  absl::StatusOr<Offset> FindEnd(Partition partition);
  absl::StatusOr<bool> NothingBetween(Partition partition, Offset next,
                                      Offset end);

  InputLog* const input_;
  const InputPosition end_;
  std::map<Partition, Offset> ends_;
  std::map<Partition, Offset> goals_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_BOUNDED_RUN_H_
