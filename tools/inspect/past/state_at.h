// The whole state of partitions as it was at an input offset, proven or made
// anew.

#ifndef EXACTMEAN_TOOLS_INSPECT_PAST_STATE_AT_H_
#define EXACTMEAN_TOOLS_INSPECT_PAST_STATE_AT_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "processor/topic_reader.h"
#include "state/partition_state.h"
#include "state/types.h"
#include "tools/inspect/past/answer_label.h"
#include "tools/inspect/past/asked_offset.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// fold(at) of one partition.
struct StateAt {
  AnswerLabel label = AnswerLabel::kUnavailable;
  std::string reason;  // of unavailable
  Offset at;
  bool begun = false;  // else there is no state yet, now or then
  std::unique_ptr<PartitionState> state;  // null: unavailable
};

struct StateSources {
  TopicReader* results = nullptr;  // both of committed records
  TopicReader* input = nullptr;
  bool input_compacted = false;  // then nothing is replayed
};

// A log that is compacted shows states that never were. So what it shows up to
// a checkpoint counts when it has that checkpoint's digest and key count, as at
// the start of a processor. From the newest such checkpoint that is not beyond
// the offset asked for, the input's records up to there are folded in: none,
// and the state is kExact, else kReplayed. Without one the fold begins where
// the state did.
//
// Reads the results twice. Errors: a Stop(kConfig) when the state is another
// configuration's; those of Scan and Replay.
absl::StatusOr<std::map<Partition, StateAt>> ReadStatesAt(
    const ReplaySource& source, const StateSources& sources,
    const std::map<Partition, AskedOffset>& asked, const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_PAST_STATE_AT_H_
