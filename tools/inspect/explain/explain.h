// Where a key's averages come from: its input records, folded anew.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_EXPLAIN_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_EXPLAIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/sample_reader.h"
#include "processor/topic_reader.h"
#include "state/average.h"
#include "state/spec.h"
#include "tools/inspect/explain/input_walk.h"
#include "tools/inspect/explain/key_history.h"

namespace exactmean {

enum class Verdict {
  kAgrees,       // bit for bit, or as far as what is missing may weigh
  kDiffers,      // it is not what the input gives
  kNotRetained,  // records that it takes are no longer there, or were not read
  kUndecided,    // it differs, but a record may have been late, lost or retried
};

// One window: what the snapshot says and what the records give.
struct WindowExplanation {
  WindowSpec window;
  Average stored;
  Average recomputed;  // of `members`
  Verdict verdict = Verdict::kNotRetained;
  // Into Explanation::folded, oldest first: those in the window.
  std::vector<size_t> members;
  uint64_t wanted = 0;          // how many members it takes
  std::vector<double> weights;  // of the members; an ewma's
  double weight_of_rest = 0;    // of an ewma's records that are not members
};

struct Explanation {
  std::string key;
  Partition partition;
  Offset results_offset;
  absl::optional<results::Snapshot> snapshot;  // absent: the key is deleted
  Offset retained_from;  // the first input offset there is
  Offset read_from;
  Offset read_to;
  Offset checkpoint;  // what the key's record is ahead of, if read_to is
  // Records that the partition has lost, of whatever key: up to so many that
  // look folded in, or missed, are among them.
  uint64_t lost = 0;
  // Records of the partition that went to retry topics: those of the key may
  // have been folded in later than in their place, and another be the newer.
  uint64_t retried = 0;
  // All records since the key's first were found.
  bool complete = false;
  // Records folded into the snapshot, as far as they were found, oldest first.
  std::vector<InputRecord> folded;
  // Late, skipped and deleting ones that were met since the oldest of `folded`.
  std::vector<InputRecord> others;
  // Folded records should be these, too, but the snapshot is of before them.
  std::vector<InputRecord> missed;
  std::vector<WindowExplanation> windows;

  // Is a window kDiffers, or were more records missed than lost?
  bool Differs() const;
  // Is it known of each window whether it agrees, and of a deleted key why it
  // went?
  bool Decided() const;
};

struct ExplainOptions {
  StateSpec spec;
  Reading reading;
  uint64_t max_records = 0;  // of the input to read at most, about; 0: all
  // Reads on to the key's first record, whether or not a window needs it.
  bool all_records = false;
  ScanOptions scan;
};

// Reads the input backwards from where the key's state is until each window
// has what it takes. kFailedPrecondition: the state is of another input or
// configuration. REQUIRES: the partition has a checkpoint.
absl::StatusOr<Explanation> Explain(TopicReader* input,
                                    const KeyHistory& history,
                                    const ExplainOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_EXPLAIN_H_
