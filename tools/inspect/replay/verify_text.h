// What verify found, as text for people and as JSON for programs.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_TEXT_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/inspect/replay/verify.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// A table of the partitions, then the first differences of each, field by
// field. `windows` are their names.
std::string VerdictsText(absl::Span<const PartitionVerdict> verdicts,
                         absl::Span<const std::string> windows,
                         const Terminal& terminal);

// One object a partition and line.
std::string VerdictsJson(absl::Span<const PartitionVerdict> verdicts,
                         absl::Span<const std::string> windows);

// The last line: of all partitions together. `sampled` part of the keys.
std::string Summary(absl::Span<const PartitionVerdict> verdicts,
                    double sampled);

// "verified", "partial", "differs", "empty".
absl::string_view OutcomeText(PartitionVerdict::Outcome outcome);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_TEXT_H_
