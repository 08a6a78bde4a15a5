// OutcomeOf.

#include "tools/inspect/cluster/status_outcome.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

// What a most lag cannot be held against; empty: nothing.
std::string NotTold(const ApplicationStatus& status) {
  if (!status.group.has_value()) return "who has the partitions";
  for (const PartitionStatus& at : status.partitions) {
    const bool known =
        at.checkpoint.has_value()
            ? at.lag.has_value()
            : at.input.has_value() && at.input_stable.has_value();
    if (!known)
      return absl::StrCat("the lag of partition ", at.partition.value());
  }
  return "";
}

}  // namespace

absl::Status OutcomeOf(const ApplicationStatus& status) {
  const std::vector<Trouble> troubles = TroublesOf(status);
  for (const Trouble& trouble : troubles) {
    if (!trouble.fatal) continue;
    return Stop(StopReason::kState,
                "a start would refuse this state: " + trouble.text);
  }
  if (!status.max_lag.has_value()) return absl::OkStatus();
  if (!troubles.empty()) {
    const std::string more =
        troubles.size() > 1
            ? absl::StrCat(", and ", troubles.size() - 1, " more")
            : "";
    return Stop(StopReason::kNotWell,
                absl::StrCat("not well: ", troubles[0].text, more));
  }
  const std::string not_told = NotTold(status);
  if (not_told.empty()) return absl::OkStatus();
  return Stop(StopReason::kIncomplete,
              absl::StrCat("--max_lag: ", not_told,
                           " could not be told: see \"not seen\"; or no "
                           "processor has committed, and --config is not "
                           "given"));
}

}  // namespace exactmean
