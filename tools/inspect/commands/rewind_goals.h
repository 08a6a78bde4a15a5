// Where a rewind goes to, by its flags.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_REWIND_GOALS_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_REWIND_GOALS_H_

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/rewind/rewind.h"

namespace exactmean {

// One goal for all, but that times are looked up. Stop(kConfig): the flags do
// not say which.
absl::StatusOr<std::map<Partition, RewindGoal>> GoalsOf(
    TopicReader* input, const std::vector<Partition>& partitions);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_REWIND_GOALS_H_
