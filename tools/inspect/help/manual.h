// The manual: pages for people and for man, from the commands' own data.

#ifndef EXACTMEAN_TOOLS_INSPECT_HELP_MANUAL_H_
#define EXACTMEAN_TOOLS_INSPECT_HELP_MANUAL_H_

#include <map>
#include <string>

#include "absl/types/span.h"
#include "tools/inspect/command.h"

namespace exactmean {

// What a run printed, below its command line; by the name of the command. A
// picture that it wrote is under its file's name, COMMAND.svg.
using Samples = std::map<std::string, std::string>;

// Those of `commands` that lie in `directory`: COMMAND.txt and COMMAND.svg.
Samples ReadSamples(absl::Span<const Command> commands,
                    const std::string& directory);

// Contents by file name: README.md, COMMAND.md of each, exactmean-inspect.1,
// pictures.
std::map<std::string, std::string> ManualFiles(
    absl::Span<const Command> commands, const Samples& samples);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_HELP_MANUAL_H_
