// The command line of the programs, read in one way.

#ifndef EXACTMEAN_PROCESSOR_COMMAND_LINE_H_
#define EXACTMEAN_PROCESSOR_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace exactmean {

// Sets the flags and returns the words that are none, without the program's
// name. --help prints `usage` and the flags defined in `file` (a __FILE__),
// --version the version; both end the process with 0. A flag that does not
// exist or has a bad value ends it with 2; of one given twice the last holds.
// To be called once, first in main.
std::vector<std::string> ParseCommandLine(int argc, char** argv,
                                          absl::string_view usage,
                                          absl::string_view file);

// ParseCommandLine for a program that takes flags alone: any other word ends
// the process with 2.
void ParseFlags(int argc, char** argv, absl::string_view usage,
                absl::string_view file);

// `usage`, then the flags defined in `file`, by name, with their defaults.
std::string HelpText(absl::string_view usage, absl::string_view file);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_COMMAND_LINE_H_
