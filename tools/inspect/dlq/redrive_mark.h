// What was redriven, written down beside the dead letters: a record of their
// own topic and partition, in the transaction that redrives them.

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_REDRIVE_MARK_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_REDRIVE_MARK_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

// A mark has no key, this header alone, and as its value the offsets of the
// dead letters, as "5-9,12".
constexpr absl::string_view kRedrivenHeader = "exactmean.redriven";

// REQUIRES: ascending.
OwnedRecord MarkOf(const std::vector<Offset>& redriven);

// nullopt: it is no mark. kDataLoss: it is one that cannot be read.
absl::StatusOr<absl::optional<std::vector<Offset>>> ParseMark(
    const OwnedRecord& record);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_REDRIVE_MARK_H_
