// The list of commands.

#include "tools/inspect/commands/commands.h"

#include <vector>

namespace exactmean {

absl::Span<const Command> AllCommands() {
  static const auto* const kCommands = new std::vector<Command>{
      ListCommand(),    GetCommand(),     CheckpointCommand(),
      ExplainCommand(), HistoryCommand(), PlotCommand(),
  };
  return *kCommands;
}

}  // namespace exactmean
