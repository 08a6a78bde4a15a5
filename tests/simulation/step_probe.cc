// StepProbe.

#include "tests/simulation/step_probe.h"

#include "absl/status/status.h"

namespace exactmean {

absl::StatusOr<absl::optional<Sample>> StepProbe::Apply(
    const StepRecord& record) {
  probe_->CountAsked(record.partition, record.offset);
  if (probe_->sins(Mutation::kStepAskedTwice)) {
    probe_->CountAsked(record.partition, record.offset);
  }
  probe_->hooks().cluster->Advance(
      probe_->hooks().step_takes(record.partition, record.offset));
  if (probe_->hooks().step_is_down(record.partition, record.offset)) {
    if (probe_->sins(Mutation::kStuckRecordPassed)) return absl::nullopt;
    return absl::UnavailableError("the step is down");
  }
  if (!record.decoded.ok()) return record.decoded.status();
  return *record.decoded;
}

}  // namespace exactmean
