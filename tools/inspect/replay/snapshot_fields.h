// Snapshots and checkpoints as lists of named values, to show in what two of
// them differ.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_SNAPSHOT_FIELDS_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_SNAPSHOT_FIELDS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"

namespace exactmean {

struct FieldDifference {
  std::string field;  // "sma20.average", "samples.values[3]"
  std::string one;    // "-": it has no such value
  std::string other;

  friend bool operator==(const FieldDifference& a, const FieldDifference& b) {
    return a.field == b.field && a.one == b.one && a.other == b.other;
  }
};

// The fields in which two snapshots differ, averages first, by the names of
// their windows; numbers in as many digits as tell them apart. What does not
// decode, or differs in its encoding alone, is one difference that says so.
// Empty when the bytes are the same.
std::vector<FieldDifference> SnapshotDifferences(
    absl::string_view one, absl::string_view other,
    absl::Span<const std::string> windows);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_SNAPSHOT_FIELDS_H_
