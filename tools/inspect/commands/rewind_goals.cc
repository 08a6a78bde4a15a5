// The flags --to_offset, --to_time and --to_earliest.

#include "tools/inspect/commands/rewind_goals.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "processor/stop.h"
#include "tools/inspect/flags.h"

ABSL_FLAG(bool, to_earliest, false, "Where the application began: no keys.");

namespace exactmean {

absl::StatusOr<std::map<Partition, RewindGoal>> GoalsOf(
    TopicReader* input, const std::vector<Partition>& partitions) {
  const auto offset = OffsetOfFlag(absl::GetFlag(FLAGS_to_offset));
  const std::string time = absl::GetFlag(FLAGS_to_time);
  const bool earliest = absl::GetFlag(FLAGS_to_earliest);
  if (offset.has_value() + !time.empty() + earliest != 1) {
    return Stop(StopReason::kConfig,
                "say where to: --to_offset, --to_time or --to_earliest");
  }
  if (offset.has_value() && !absl::GetFlag(FLAGS_partition).has_value()) {
    return Stop(StopReason::kConfig,
                "an offset is one of a partition: give --partition, too");
  }
  absl::Time at;
  if (!time.empty()) {
    const auto parsed = TimeOfFlag("to_time", time);
    if (!parsed.ok()) return parsed.status();
    at = *parsed;
  }
  std::map<Partition, RewindGoal> goals;
  for (const Partition partition : partitions) {
    RewindGoal& goal = goals[partition];
    if (offset.has_value()) {
      goal.kind = RewindGoal::Kind::kOffset;
      goal.offset = *offset;
    } else if (!time.empty()) {
      goal.kind = RewindGoal::Kind::kTime;
      const auto found = input->FindTime(partition, at);
      if (!found.ok()) return found.status();
      goal.at = *found;
    }
  }
  return goals;
}

}  // namespace exactmean
