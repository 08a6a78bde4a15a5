// Runs seeds, and makes of one that fails what a person can read.

#ifndef EXACTMEAN_TESTS_SIMULATION_RUNNER_H_
#define EXACTMEAN_TESTS_SIMULATION_RUNNER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "tests/simulation/configuration.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/event.h"
#include "tests/simulation/mutation.h"

namespace exactmean {

// One run; adds what it met to `coverage` unless that is null.
absl::Status RunSeed(uint64_t seed, Mutation mutation, Coverage* coverage);

// Leaves out events as long as the run of the rest still fails in the same way;
// what is left is needed, each of them. REQUIRES: the run fails.
Schedule Shrink(const Configuration& configuration, const Schedule& schedule,
                Mutation mutation);
// The same, by any measure of what fails.
Schedule Shrink(const Schedule& schedule,
                const std::function<bool(const Schedule&)>& fails);

// How the seed fails: the command that replays it, its configuration, the
// smallest schedule that fails so, and the trace of its run. Of one that does
// not fail: its trace.
std::string Explain(uint64_t seed, Mutation mutation);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_RUNNER_H_
