// The list of commands.

#include "tools/inspect/commands/commands.h"

#include <vector>

namespace exactmean {

absl::Span<const Command> AllCommands() {
  static const auto* const kCommands = new std::vector<Command>{
      ListCommand(),   GetCommand(),   CheckpointCommand(), SimulateCommand(),
      ExportCommand(), WatchCommand(), CompletionCommand(),
  };
  return *kCommands;
}

}  // namespace exactmean
