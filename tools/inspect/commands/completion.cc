// exactmean-inspect completion.

#include "tools/inspect/help/completion.h"

#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"

namespace exactmean {
namespace {

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  if (session.json()) {
    return Stop(StopReason::kConfig, "a script for a shell is no JSON");
  }
  if (words[0] == "bash") {
    session.out() << BashCompletion(AllCommands());
  } else if (words[0] == "zsh") {
    session.out() << ZshCompletion(AllCommands());
  } else {
    return Stop(StopReason::kConfig,
                absl::StrCat("no completion for \"", words[0],
                             "\"; there is one for bash and one for zsh"));
  }
  return absl::OkStatus();
}

}  // namespace

Command CompletionCommand() {
  Command command;
  command.name = "completion";
  command.arguments = "bash|zsh";
  command.summary = "A script: the shell completes commands and flags";
  command.description =
      R"(For bash, put this into ~/.bashrc:
  source <(exactmean-inspect completion bash)
For zsh, put the script into a directory of $fpath, as the example does,
before compinit. Commands, the flags of each, and files for --config are
completed.
)";
  command.examples = {"completion bash",
                      "completion zsh > ~/.zfunc/_exactmean-inspect"};
  command.min_words = command.max_words = 1;
  command.needs.kafka = false;
  command.run = &Run;
  return command;
}

}  // namespace exactmean
