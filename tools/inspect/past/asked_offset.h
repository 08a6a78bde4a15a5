// The input offset that a user asks for, by itself or by a time.

#ifndef EXACTMEAN_TOOLS_INSPECT_PAST_ASKED_OFFSET_H_
#define EXACTMEAN_TOOLS_INSPECT_PAST_ASKED_OFFSET_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// The state asked for is that of the input's records before `at`.
struct AskedOffset {
  Offset at;
  std::string unknown;  // why it is not known; empty: it is
};

// Of each partition the offset of the first record with the time or a later
// one; the end of what can be read when there is none.
absl::StatusOr<std::map<Partition, AskedOffset>> OffsetsAtTime(
    TopicReader* input, absl::Span<const Partition> partitions, absl::Time time,
    const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_PAST_ASKED_OFFSET_H_
