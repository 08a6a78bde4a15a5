// Completion scripts for shells, from the commands' own data.

#ifndef EXACTMEAN_TOOLS_INSPECT_HELP_COMPLETION_H_
#define EXACTMEAN_TOOLS_INSPECT_HELP_COMPLETION_H_

#include <string>

#include "absl/types/span.h"
#include "tools/inspect/command.h"

namespace exactmean {

// They complete commands, each command's flags, the values of flags that are
// files or one of a few words, and files elsewhere.
std::string BashCompletion(absl::Span<const Command> commands);
std::string ZshCompletion(absl::Span<const Command> commands);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_HELP_COMPLETION_H_
