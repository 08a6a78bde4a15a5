// Finds keys in a results topic, now or at an earlier time.

#ifndef EXACTMEAN_TOOLS_INSPECT_GET_GET_KEYS_H_
#define EXACTMEAN_TOOLS_INSPECT_GET_GET_KEYS_H_

#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/get/key_answer.h"
#include "tools/inspect/get/key_tracks.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// What replays take.
struct KeyInput {
  const ReplaySource* source = nullptr;  // null: there is no configuration
  TopicReader* reader = nullptr;         // committed records
  bool compacted = false;
};

struct KeyAnswers {
  // At least one a key: one a partition that has, or had, it.
  std::vector<KeyAnswer> answers;
  std::map<Partition, results::Checkpoint> checkpoints;  // the newest
};

// Reads `partitions` of the results to where no transaction is undecided, and
// keeps of them what is asked for. What the log does not prove is replayed, if
// it can be. kNotFound: a key that is asked for as it is now is not there.
absl::StatusOr<KeyAnswers> GetKeys(TopicReader* results,
                                   absl::Span<const Partition> partitions,
                                   const KeyQuestion& question,
                                   const KeyInput& input,
                                   const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_GET_GET_KEYS_H_
