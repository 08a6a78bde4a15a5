// The end of a run: no input is left over, and both pipelines have made the
// same of it.

#ifndef EXACTMEAN_TESTS_CHAOS_DRAIN_H_
#define EXACTMEAN_TESTS_CHAOS_DRAIN_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/chaos/world.h"

namespace exactmean {

// Ends each partition of the input with a record, and waits until that is
// folded in: the fleet's checkpoints, its group's offsets and those of `other`,
// another application on the same input, say so. REQUIRES: nobody else writes.
absl::Status Drain(ChaosWorld* world, const std::string& other,
                   absl::Duration patience);

// The last snapshot of each key is the same, byte for byte, in the fleet's
// results as in the topic `other`.
absl::Status CheckAgreement(ChaosWorld* world, const std::string& other);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_DRAIN_H_
