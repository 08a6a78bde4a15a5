// The command line of the programs, read in one way.

#ifndef EXACTMEAN_PROCESSOR_COMMAND_LINE_H_
#define EXACTMEAN_PROCESSOR_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace exactmean {

// Sets the flags and returns the words that are none, without the program's
// name. --help prints `usage` and the flags defined in `file` (a __FILE__),
// --version the version; both end the process with 0, or with 1 when standard
// output cannot be written. A flag that does not
// exist or has a bad value ends it with 2; of one given twice the last holds.
// To be called once, first in main.
std::vector<std::string> ParseCommandLine(int argc, char** argv,
                                          absl::string_view usage,
                                          absl::string_view file);

// The same for a program whose help depends on its words: `help` gets them as
// they stand before any flag is set, and returns all of the text.
std::vector<std::string> ParseCommandLine(
    int argc, char** argv,
    absl::FunctionRef<std::string(const std::vector<std::string>&)> help);

// ParseCommandLine for a program that takes flags alone: any other word ends
// the process with 2.
void ParseFlags(int argc, char** argv, absl::string_view usage,
                absl::string_view file);

// `usage`, then the flags defined in `file`, by name, with their defaults.
std::string HelpText(absl::string_view usage, absl::string_view file);

// Of these flags, in this order: names, defaults, what they do.
// REQUIRES: they exist.
std::string FlagsText(absl::Span<const std::string> names);

// The names of the flags that the command line gives, as they are spelled.
std::vector<std::string> GivenFlags(int argc, char** argv);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_COMMAND_LINE_H_
