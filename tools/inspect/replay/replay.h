// Folds stretches of the input, by the code of the processor, into the state
// that a processor would have after them.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_REPLAY_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_REPLAY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/bad_record_policy.h"
#include "processor/sample_reader.h"
#include "processor/topic_reader.h"
#include "state/partition_state.h"
#include "state/spec.h"
#include "state/types.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// fold(n) of one partition for n = state->next_offset(): as in a processor, the
// offset after the last record that was folded in, not the end of the stretch.
struct ReplayedPartition {
  // Its anchor is set; nothing of it is committed, so that Changes() gives all
  // of it, with a checkpoint.
  std::unique_ptr<PartitionState> state;
  absl::optional<RecordId> anchor;
  uint64_t records = 0;  // read, bad ones included

  // Bad records that were passed over; the first, in words.
  uint64_t bad_records = 0;
  std::string first_bad;
  // Under policy STOP, in words: the processor would have stopped before a bad
  // record, and so did the fold. Empty: it did not.
  std::string stopped;
};

struct ReplaySource {
  const Pipeline* pipeline = nullptr;  // outlives the states
  Reading reading;
  BadRecordPolicy on_bad_record = BadRecordPolicy::kStop;
  // Null: all keys are folded in. Else see PartitionState::KeepOnly.
  std::function<bool(absl::string_view key)> wanted = nullptr;
  // Told of each bad record that is passed over. May be null.
  std::function<void(const LogRecord&)> on_bad = nullptr;
};

// Each stretch begins with the state that `begun` has for its partition, or
// with none, at its `from`: give the start offset of a checkpoint. `input`
// reads committed records. kOutOfRange: `from` is not retained. kUnavailable:
// an open transaction, or trouble, holds a stretch back, or the pipeline's step
// cannot tell of a record for longer than the patience. A Stop(kNoStep): it is
// not linked. Holds the states of all stretches at once.
absl::StatusOr<std::map<Partition, ReplayedPartition>> Replay(
    const ReplaySource& source, TopicReader* input,
    absl::Span<const Stretch> stretches, const ScanOptions& options,
    std::map<Partition, std::unique_ptr<PartitionState>> begun = {});

// Is each key made of its own records alone? With a grace or a time to live it
// takes the stream time, and so the others' records, to know which ones count.
bool KeysAreIndependent(const StateSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_REPLAY_H_
