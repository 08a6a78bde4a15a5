// Help texts.

#include "tools/inspect/command.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/command_line.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {

const char kIntroduction[] =
    R"(Shows, explains and verifies the state that exactmean keeps in a results
topic.

Reads committed records, while processors run or when there are none; joins no
group and, where its help does not say otherwise, writes nothing.
)";

const char kExitCodes[] =
    R"(Exit codes:
  0    done, and nothing found wrong
  1    failed: a defect, or what nobody foresaw
  2    usage, configuration (also another than the state's), a topic that is
       not there, authorisation
  3    a bad record under STOP (simulate, replay, rewind)
  4    the state is not what it must be, or a record of it cannot be read
       (diff: also with --exit_code, if anything differs)
  6    the cluster is out of reach
  7    not all could be answered; to be run again: something moved meanwhile,
       or the outcome of a commit is not known
  8    the pipeline's step failed on a record
  9    the step is not linked into this program
  10   no such key (get, explain, history, plot), no such dead letter (dlq)
  11   not well (doctor: a FAIL; status --max_lag)
  130  interrupted before it was done
With GLOG_minloglevel=0 in the environment the client library's log shows.
)";

std::string Usage(const Command& command) {
  return absl::StrCat("exactmean-inspect ", command.name,
                      command.arguments.empty() ? "" : " ", command.arguments,
                      " [FLAG]...");
}

std::string CommandHelp(const Command& command) {
  std::string text =
      absl::StrCat(Usage(command), "\n\n", command.summary, ".\n\n",
                   command.description, "\nExamples:\n");
  for (const std::string& example : command.examples) {
    absl::StrAppend(&text, "  exactmean-inspect ", example, "\n");
  }
  if (!command.flags.empty()) {
    absl::StrAppend(&text, "\nFlags:\n", FlagsText(command.flags));
  }
  absl::StrAppend(&text, "\nFlags of every command:\n",
                  FlagsText(CommonFlags()), "\n", kExitCodes);
  return text;
}

std::string ProgramHelp(absl::Span<const Command> commands) {
  std::string text = absl::StrCat(kIntroduction, "\nCommands:\n");
  for (const Command& command : commands) {
    const std::string line = absl::StrFormat(
        "  %-22s%s", absl::StrCat(command.name, " ", command.arguments),
        command.summary);
    absl::StrAppend(&text, Wrapped(line, 78, 24), "\n");
  }
  absl::StrAppend(&text, R"(
exactmean-inspect COMMAND --help tells more, with examples.

Examples:
)");
  for (const Command& command : commands) {
    if (command.examples.empty()) continue;
    absl::StrAppend(&text, "  exactmean-inspect ", command.examples[0], "\n");
  }
  absl::StrAppend(&text, "\nFlags of every command:\n",
                  FlagsText(CommonFlags()), "\n", kExitCodes);
  return text;
}

}  // namespace exactmean
