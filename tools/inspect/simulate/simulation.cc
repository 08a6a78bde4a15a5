// Simulation.

#include "tools/inspect/simulate/simulation.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/inspect/text/format.h"

namespace exactmean {

Simulation::Simulation(const Settings& settings, SampleReader samples,
                       LineFormat format)
    : policy_(settings.on_bad_record),
      pipeline_(settings.state,
                {settings.application_id, settings.input_topic, 1}),
      state_(&pipeline_, Partition(0)),
      parser_(std::move(format)),
      handler_(std::move(samples), settings.on_bad_record,
               settings.input_topic) {
  state_.StartEmpty(Offset(0));
}

LineOutcome Simulation::Feed(absl::string_view line) {
  LineOutcome outcome;
  outcome.line = ++lines_;
  const uint64_t late = state_.dispositions().late();
  const uint64_t filtered = state_.dispositions().filtered();
  const absl::StatusOr<LogRecord> record = parser_.Parse(lines_, line);
  const absl::Status status =
      record.ok() ? handler_.Fold(*record, &state_) : record.status();
  if (!status.ok() && !absl::IsInvalidArgument(status)) {
    outcome.step = status;
    outcome.why = std::string(status.message());
    outcome.fate = LineOutcome::Fate::kStopped;
  } else if (!status.ok()) {
    outcome.why = std::string(status.message());
    outcome.fate = policy_ == BadRecordPolicy::kStop
                       ? LineOutcome::Fate::kStopped
                       : LineOutcome::Fate::kSkipped;
    if (outcome.fate == LineOutcome::Fate::kSkipped) {
      state_.Skip(Offset(static_cast<int64_t>(lines_) - 1));
    }
  } else if (state_.dispositions().filtered() > filtered) {
    outcome.fate = LineOutcome::Fate::kFiltered;
  } else if (state_.dispositions().late() > late) {
    outcome.fate = LineOutcome::Fate::kLate;
    outcome.why = absl::StrCat(
        "its event time is further behind the newest so far, ",
        TimeText(state_.stream_time()->value()), ", than grace allows");
  }
  return outcome;
}

ChangeSet Simulation::Changes() {
  ChangeSet changes = state_.Changes("simulate");
  state_.MarkCommitted();
  return changes;
}

}  // namespace exactmean
