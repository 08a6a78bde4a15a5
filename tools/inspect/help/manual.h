// The manual: pages for people and for man, from the commands' own data.

#ifndef EXACTMEAN_TOOLS_INSPECT_HELP_MANUAL_H_
#define EXACTMEAN_TOOLS_INSPECT_HELP_MANUAL_H_

#include <map>
#include <string>

#include "absl/types/span.h"
#include "tools/inspect/command.h"

namespace exactmean {

// Contents by file name: README.md, COMMAND.md of each, exactmean-inspect.1.
std::map<std::string, std::string> ManualFiles(
    absl::Span<const Command> commands);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_HELP_MANUAL_H_
