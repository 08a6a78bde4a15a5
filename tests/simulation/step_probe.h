// The step of a simulated pipeline: it cannot tell of some records at some
// times, counts how often it is asked, and commits the sins of its mutations.

#ifndef EXACTMEAN_TESTS_SIMULATION_STEP_PROBE_H_
#define EXACTMEAN_TESTS_SIMULATION_STEP_PROBE_H_

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/step.h"
#include "tests/simulation/probe.h"

namespace exactmean {

// REQUIRES: the probe's hooks have step_is_down.
class StepProbe : public Step {
 public:
  explicit StepProbe(Probe* probe) : probe_(probe) {}

  absl::StatusOr<absl::optional<Sample>> Apply(
      const StepRecord& record) override;

 private:
  Probe* const probe_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_STEP_PROBE_H_
