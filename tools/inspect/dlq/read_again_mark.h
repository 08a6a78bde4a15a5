// What a rewind reads again, written down among the dead letters, in its
// transaction: those of these records that lie before it wait no longer. Those
// that are bad again become dead letters anew.

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_READ_AGAIN_MARK_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_READ_AGAIN_MARK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/record.h"
#include "tools/inspect/dlq/offset_ranges.h"

namespace exactmean {

// A mark has no key, this header with the application and kReadTopicHeader
// with its input alone, and as its value the offsets there, as "0-99,101-". It
// lies in the partition of the dead letters, so of the input.
constexpr absl::string_view kReadAgainHeader = "exactmean.read_again";
constexpr absl::string_view kReadTopicHeader = "exactmean.topic";

struct ReadAgain {
  std::string application;
  std::string topic;  // of the input
  std::vector<OffsetSpan> offsets;
};

// As many as it takes for each to be small.
std::vector<OwnedRecord> MarksOf(const ReadAgain& again);

// nullopt: it is no such mark. kDataLoss: it is one that cannot be read.
absl::StatusOr<absl::optional<ReadAgain>> ParseReadAgain(
    const OwnedRecord& record);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_READ_AGAIN_MARK_H_
