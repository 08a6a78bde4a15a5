// An ApplicationStatus as text for people and as JSON for programs.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_TEXT_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "tools/inspect/cluster/status.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// "2.1s", "5m3s", "4h12m", "12d": two units at most.
std::string ShortDuration(absl::Duration duration);

// "512 B", "1.2 MB".
std::string ShortBytes(uint64_t bytes);

// Whether all is well, what is not, and three tables of at most 80 columns
// while the numbers in them are not extraordinary; headers bold where
// `terminal` shows it.
std::string StatusText(const ApplicationStatus& status,
                       const Terminal& terminal);

// One object a partition.
std::string StatusJson(const ApplicationStatus& status);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_TEXT_H_
