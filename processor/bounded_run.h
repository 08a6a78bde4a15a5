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
class BoundedRun {
 public:
  // `input` outlives this object. REQUIRES: `end` is latest, a time or offsets.
  BoundedRun(InputLog* input, InputPosition end)
      : input_(input), end_(std::move(end)) {}

  // What is at this offset or after it is not of the run. Latest is the last
  // stable offset as of the first call, and so is a time that no record has
  // reached. Stop(kConfig): there is no such place. Else as InputLog.
  absl::StatusOr<Offset> EndOf(Partition partition);

  // Whether no record of the run is left at `next` or after it: all that is
  // there are markers, or nothing. False, too, while a transaction before the
  // end is open.
  absl::StatusOr<bool> NothingLeft(Partition partition, Offset next);

 private:
  absl::StatusOr<Offset> FindEnd(Partition partition);

  InputLog* const input_;
  const InputPosition end_;
  std::map<Partition, Offset> ends_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_BOUNDED_RUN_H_
