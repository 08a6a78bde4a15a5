// The status of a session's application, from its cluster.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_GATHER_STATUS_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_GATHER_STATUS_H_

#include <functional>

#include "absl/status/status.h"
#include "tools/inspect/cluster/status.h"
#include "tools/inspect/session.h"

namespace exactmean {

// Of the partitions that the command line asks for. Only the results topic must
// be there and be allowed; what else may not be seen becomes `out->unseen`.
// `state_read`, if given, is called once the state has been read.
absl::Status GatherStatus(Session& session, ApplicationStatus* out,
                          const std::function<void()>& state_read = nullptr);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_GATHER_STATUS_H_
