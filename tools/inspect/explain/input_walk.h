// The input records of one key, from a place backwards.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_INPUT_WALK_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_INPUT_WALK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "processor/sample_reader.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// An input record of the key, and what the state makes of it.
struct InputRecord {
  enum class Fate {
    kFolded,
    kLate,      // by more than the grace
    kSkipped,   // bad: `problem` says why
    kFiltered,  // the pipeline's step lets it go by
    kDeletes,   // the key
  };
  Offset offset;
  Fate fate = Fate::kFolded;
  Sample sample;        // of a folded or late one
  std::string problem;  // of a skipped one
  // It counts as folded, but may have been late: what was read does not reach
  // back far enough to know the stream time.
  bool may_be_late = false;
};

// Reads a partition backwards in stretches that grow, and keeps what it meets
// of the key.
class InputWalk {
 public:
  struct Options {
    Partition partition;
    std::string key;
    Offset low;    // the first record that is retained, and may have been read
    Offset begin;  // where the state began: nothing came before
    Offset end;    // behind the last record that the state has passed
    absl::optional<int64_t> grace_us;
    EventTime stream_time;         // at `end`; an upper bound for all before
    uint64_t first_length = 1000;  // of the first stretch, in offsets
  };
  InputWalk(TopicReader* reader, SampleReader samples, Options options);

  // One stretch more. REQUIRES: !at_low().
  absl::Status Step(const ScanOptions& options);

  bool at_low() const { return from_ <= options_.low; }
  // Records from here on were read.
  Offset from() const { return from_; }
  uint64_t records_read() const { return records_read_; }

  // Those of the key so far, oldest first, with the fate that they have by what
  // was read so far.
  std::vector<InputRecord> Records() const;

 private:
  struct Met {
    InputRecord record;
    // The stream time that the stretch up to the record gives.
    absl::optional<EventTime> stream_time;
  };
  struct Part {
    std::vector<Met> met;
    absl::optional<EventTime> stream_time;  // at its end
  };

  absl::Status Take(const LogRecord& record, const ScanOptions& options,
                    Part* part);
  // kInvalidArgument: a bad record.
  absl::StatusOr<absl::optional<Sample>> Read(const LogRecord& record,
                                              const ScanOptions& options);

  TopicReader* const reader_;
  SampleReader samples_;
  const Options options_;
  Offset from_;
  uint64_t length_;
  uint64_t records_read_ = 0;
  std::vector<Part> parts_;  // the newest first
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_INPUT_WALK_H_
