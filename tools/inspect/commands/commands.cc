// The list of commands.

#include "tools/inspect/commands/commands.h"

#include <vector>

namespace exactmean {

absl::Span<const Command> AllCommands() {
  static const auto* const kCommands = new std::vector<Command>{
      StatusCommand(),     ListCommand(),   GetCommand(),    ExplainCommand(),
      HistoryCommand(),    WatchCommand(),  VerifyCommand(), AuditCommand(),
      DiffCommand(),       PlotCommand(),   ExportCommand(), ReplayCommand(),
      SimulateCommand(),   DoctorCommand(), RewindCommand(), DlqCommand(),
      CompletionCommand(),
  };
  return *kCommands;
}

}  // namespace exactmean
