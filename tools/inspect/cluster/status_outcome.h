// With what `status` ends: for cron and for health checks.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_OUTCOME_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_OUTCOME_H_

#include "absl/status/status.h"
#include "tools/inspect/cluster/status.h"

namespace exactmean {

// A Stop(kState): a start would refuse this state. Further, when a most lag is
// given: a Stop(kNotWell), there is any trouble; a Stop(kIncomplete), lag or
// owner of a partition could not be told.
absl::Status OutcomeOf(const ApplicationStatus& status);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_OUTCOME_H_
