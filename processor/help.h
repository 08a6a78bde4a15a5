// --help of the programs: their usage and their own flags.

#ifndef EXACTMEAN_PROCESSOR_HELP_H_
#define EXACTMEAN_PROCESSOR_HELP_H_

#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// Whether the command line asks for help. Abseil's own answer lists the flags
// of its libraries, not those of the program, and exits with an error.
bool HelpWanted(int argc, const char* const* argv);

// `usage`, then the flags defined in `file` (a __FILE__), by name, with their
// defaults.
std::string HelpText(absl::string_view usage, absl::string_view file);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_HELP_H_
