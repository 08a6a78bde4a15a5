// The verdict over what a trial left in the topics, from committed records
// alone: was each input record counted exactly once, and was every state that
// a reader could see a valid one?

#ifndef EXACTMEAN_TESTS_SELFTEST_VERDICT_H_
#define EXACTMEAN_TESTS_SELFTEST_VERDICT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/partition_state.h"
#include "state/types.h"

namespace exactmean {

// A committed record, kept.
struct TrialRecord {
  Partition partition;
  Offset offset;
  int64_t timestamp_ms = -1;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
};

// What was found, summed over partitions. Counts are of input records unless
// they say otherwise.
struct Verdict {
  int64_t read = 0;  // readable ones before the checkpoint
  int64_t applied = 0;
  int64_t skipped = 0;
  int64_t absent = 0;  // offsets without one: markers, aborted transactions

  int64_t lost = 0;
  int64_t duplicated = 0;

  int64_t transactions = 0;  // of the results topic
  int64_t torn = 0;          // that left a state which never was

  int64_t snapshots = 0;
  int64_t replay_differs = 0;  // snapshots that a replay does not give
  int64_t partitions = 0;
  int64_t digests_differ = 0;
  int64_t miscounted = 0;  // partitions whose dispositions are not the input's

  std::vector<std::string> problems;  // in words, the first few

  bool Passed() const;
};

// Adds one partition to `verdict`. `input` and `results` are all its committed
// records, in order, none compacted away; the windows of `pipeline` are the
// model's, bad records are skipped.
void Judge(const Pipeline& pipeline, Partition partition,
           absl::Span<const TrialRecord> input,
           absl::Span<const TrialRecord> results, Verdict* verdict);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SELFTEST_VERDICT_H_
