// What audit found, as text for people and as JSON for programs.

#ifndef EXACTMEAN_TOOLS_INSPECT_AUDIT_AUDIT_TEXT_H_
#define EXACTMEAN_TOOLS_INSPECT_AUDIT_AUDIT_TEXT_H_

#include <string>

#include "absl/types/span.h"
#include "tools/inspect/audit/audit.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// A table of the partitions, their writers, what is violated, and a last line.
std::string AuditsText(absl::Span<const PartitionAudit> audits,
                       const Terminal& terminal);

// One object a partition and line.
std::string AuditsJson(absl::Span<const PartitionAudit> audits);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_AUDIT_AUDIT_TEXT_H_
