// The same input folded by the same code in one go, undisturbed: the bytes must
// not tell the difference.

#ifndef EXACTMEAN_TESTS_WORLD_REFERENCE_H_
#define EXACTMEAN_TESTS_WORLD_REFERENCE_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "state/partition_state.h"
#include "tests/world/model.h"

namespace exactmean {

// The snapshots that one fold of the model's records, from `start` to before
// `next`, makes. REQUIRES: next <= model.end().
absl::StatusOr<CommittedView> FoldInOneGo(const Pipeline& pipeline,
                                          Partition partition,
                                          const Model& model, Offset start,
                                          Offset next);

// Is each snapshot of `view` byte for byte what one fold makes?
absl::Status CheckAgainstOneGo(const Pipeline& pipeline, Partition partition,
                               const Model& model, Offset start, Offset next,
                               const CommittedView& view);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_REFERENCE_H_
