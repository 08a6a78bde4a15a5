// A pipeline that is fed with lines of text instead of a topic.

#ifndef EXACTMEAN_TOOLS_INSPECT_SIMULATE_SIMULATION_H_
#define EXACTMEAN_TOOLS_INSPECT_SIMULATE_SIMULATION_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "processor/config/settings.h"
#include "processor/record_handler.h"
#include "processor/sample_reader.h"
#include "state/change_set.h"
#include "state/partition_state.h"
#include "tools/inspect/simulate/line_format.h"

namespace exactmean {

// What became of a line.
struct LineOutcome {
  enum class Fate {
    kApplied,
    kLate,      // by `grace`
    kFiltered,  // by the pipeline's step
    kSkipped,   // a bad record under on_bad_record: SKIP
    kStopped,   // a bad record under STOP: nothing may follow it
  };
  uint64_t line = 0;  // from 1
  Fate fate = Fate::kApplied;
  std::string why;  // unless applied or filtered
  // Not OK: the step cannot tell of it, and why (kUnavailable: for now); it is
  // kStopped, too.
  absl::Status step;
};

// One input partition, folded by the code of the processor: its decoder, its
// rules for bad records, its state. Deterministic; confined to one thread.
class Simulation {
 public:
  Simulation(const Settings& settings, SampleReader samples, LineFormat format);

  // The next line, without its end. REQUIRES: none was kStopped.
  LineOutcome Feed(absl::string_view line);

  // What has changed since the last call: what a commit now would write.
  ChangeSet Changes();

  const PartitionState& state() const { return state_; }
  const StateSpec& spec() const { return pipeline_.spec; }
  uint64_t lines() const { return lines_; }

 private:
  const BadRecordPolicy policy_;
  const Pipeline pipeline_;
  PartitionState state_;
  LineParser parser_;
  RecordHandler handler_;
  uint64_t lines_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_SIMULATE_SIMULATION_H_
