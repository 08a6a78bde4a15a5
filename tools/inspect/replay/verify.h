// Is the committed state what the input gives? The comparison behind
// `exactmean-inspect verify`.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/replay/committed_state.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/replay/snapshot_fields.h"
#include "tools/inspect/scan.h"

namespace exactmean {

struct KeyDifference {
  enum class Kind {
    kDifferent,
    kMissing,  // the input gives it, the topic does not hold it
    kExtra,    // the topic holds it, the input does not give it
  };
  Kind kind = Kind::kDifferent;
  Offset results_offset = Offset(-1);  // of the snapshot; not when missing
  std::string stored;                  // empty when missing
  std::string replayed;                // empty when extra
};

struct PartitionVerdict {
  enum class Outcome {
    kEmpty,     // there is no state yet
    kVerified,  // everything compared, everything equal
    kPartial,   // what could be compared is equal; not everything could
    kDiffers,
  };
  Partition partition;
  Outcome outcome = Outcome::kEmpty;

  Offset start;           // of the checkpoint: the input is folded from here
  Offset next;            // to before here
  Offset retained;        // the input's first retained offset
  uint64_t replayed = 0;  // records
  uint64_t keys = 0;      // that the checkpoint counts
  uint64_t compared = 0;  // snapshots, byte for byte
  // Of keys whose older records are gone: compared in what their count windows
  // hold, and not compared.
  uint64_t compared_counts = 0;
  uint64_t not_compared = 0;

  uint64_t different = 0, missing = 0, extra = 0;
  // The first of these, by key; as many as were asked for.
  std::map<std::string, KeyDifference> first;
  // Checkpoint against replay.
  std::vector<FieldDifference> checkpoint;
  std::vector<std::string> remarks;
};

struct VerifyOptions {
  ScanOptions scan;
  // Told of the records of the input that were replayed, of so many at most.
  std::function<void(uint64_t records, uint64_t most)> progress;
  // Fold and compare keys with a hash below this part of all hashes. Below 1,
  // what takes all keys is not compared: their number, and the digest.
  double sample = 1;
  size_t differences = 10;
  // The input topic's cleanup.policy: its records may vanish by themselves.
  bool input_compacted = false;
};

using CommittedStates = std::map<Partition, CommittedState>;

// What the results of `partitions` hold, of a sample's keys; to be verified.
// Both readers, here and below, read committed records. kUnavailable: an open
// transaction hides what must be known.
absl::StatusOr<CommittedStates> ReadToVerify(
    TopicReader* results, absl::Span<const Partition> partitions,
    const VerifyOptions& options);

// Folds the input to just where these states are. `source.on_bad_record` is not
// obeyed: what a STOP has let pass, a SKIP has passed since. Errors: a
// Stop(kConfig) when the state is another application's or configuration's;
// kUnavailable, as above.
absl::StatusOr<std::vector<PartitionVerdict>> Verify(
    const ReplaySource& source, CommittedStates states, TopicReader* input,
    const VerifyOptions& options);

// Is the key in the sample? The same ones at every call.
bool InSample(absl::string_view key, double sample);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_H_
