// The settings of a run over a part of the input: --from and --to.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_PARTIAL_RUN_H_
#define EXACTMEAN_PROCESSOR_CONFIG_PARTIAL_RUN_H_

#include <string>

#include "absl/status/statusor.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"

namespace exactmean {

// As on the command line; empty: not given.
struct PartialRunArgs {
  std::string from;  // default: earliest
  std::string to;    // default: latest
  std::string application_id;
  std::string results_topic;

  bool given() const { return !from.empty() || !to.empty(); }
};

// LoadSettings, under another application id and for another results topic, so
// that the run comes near nothing of the application itself: it writes neither
// updates nor dead letters (bad records are skipped; one that the step gives up
// stops it), delivers exactly once and has one worker. Errors are
// kInvalidArgument and name the flag.
absl::StatusOr<Settings> LoadPartialRun(const ConfigArgs& args,
                                        const PartialRunArgs& run);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_PARTIAL_RUN_H_
