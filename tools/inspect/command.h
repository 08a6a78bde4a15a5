// What a command of exactmean-inspect is: its names, its help, its function.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMAND_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMAND_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/inspect/session.h"

namespace exactmean {

// The one source of the program's help, manual page, documentation and shell
// completion.
struct Command {
  std::string name;
  std::string arguments;  // after the name, as "KEY..."; empty: none
  std::string summary;    // one line, without a full stop
  // What it does and what its output means, in paragraphs of at most 78
  // columns; fields of its JSON.
  std::string description;
  // Command lines, without the program's name.
  std::vector<std::string> examples;
  // Flags that it takes beside the common ones, without dashes.
  std::vector<std::string> flags;
  // Of each of these at most one is given: each would leave the others unused.
  std::vector<std::vector<std::string>> alternatives;
  // By its first argument, those of them that it takes. Empty: it takes all.
  std::map<std::string, std::vector<std::string>> flags_by_word;
  // How many arguments it takes.
  size_t min_words = 0;
  size_t max_words = 0;
  SessionNeeds needs;
  // Writes the answer to session.out(). `words` are the arguments. The status
  // is the outcome, and decides the exit code (see exit_code.h). kCancelled: it
  // was interrupted, and the answer is not whole.
  absl::Status (*run)(Session& session, absl::Span<const std::string> words);
};

// What the program is, and its exit codes: lines of text.
extern const char kIntroduction[];
extern const char kExitCodes[];

// "exactmean-inspect get KEY... [FLAG]..."
std::string Usage(const Command& command);

// The help of one command, for a terminal.
std::string CommandHelp(const Command& command);

// The help of the program.
std::string ProgramHelp(absl::Span<const Command> commands);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMAND_H_
