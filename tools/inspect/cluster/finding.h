// One thing that `doctor` has looked at, and how it says so.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_FINDING_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_FINDING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

enum class Grade { kOk, kWarn, kFail };

struct Finding {
  Grade grade = Grade::kOk;
  std::string check;  // a stable name: one of CheckNames()
  std::string what;   // what was found
  std::string why;    // why it matters; empty when all is well
  std::string mend;   // commands, or what to do, a line each; likewise
};

// What doctor's help has a word on.
absl::Span<const absl::string_view> CheckNames();

// One after the other, the worst first, then a line that counts them.
std::string FindingsText(absl::Span<const Finding> findings,
                         const Terminal& terminal);

// One object a finding: {"grade":"WARN","check":...,"what":...,"why":...,
// "mend":...}
std::string FindingsJson(absl::Span<const Finding> findings);

bool AnyFails(absl::Span<const Finding> findings);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_FINDING_H_
