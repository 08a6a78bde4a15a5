// What a replay of a session's pipeline needs.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_REPLAY_OF_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_REPLAY_OF_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "processor/config/settings.h"
#include "processor/sample_reader.h"
#include "processor/topic_reader.h"
#include "state/partition_state.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/session.h"

namespace exactmean {

// The pipeline of the configuration, and its topics. `source` points into it.
struct ReplayOf {
  ReplayOf(const Settings& settings, Reading reading, int32_t input_partitions);
  ReplayOf(const ReplayOf&) = delete;
  ReplayOf& operator=(const ReplayOf&) = delete;

  const Pipeline pipeline;
  const ReplaySource source;
  const std::vector<std::string> windows;  // their names
  std::unique_ptr<TopicReader> results;    // both of committed records
  std::unique_ptr<TopicReader> input;
  std::vector<Partition> partitions;  // that the command line asks for
  bool input_compacted = false;
};

// A Stop without --config, or when the topics do not belong together. When it
// may not be asked whether the input is compacted, it is taken not to be, with
// a remark to session.err().
absl::StatusOr<std::unique_ptr<ReplayOf>> OpenReplay(Session& session);

// To session.err(), if the pipeline has a step: which, `what` about it, and
// what the answer rests on.
void RemarkOnStep(Session& session, absl::string_view what);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_REPLAY_OF_H_
