// All commands of exactmean-inspect, each in a file of its own.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_COMMANDS_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_COMMANDS_H_

#include "absl/types/span.h"
#include "tools/inspect/command.h"

namespace exactmean {

// In the order of the help.
absl::Span<const Command> AllCommands();

Command StatusCommand();
Command ListCommand();
Command GetCommand();
Command ExplainCommand();
Command HistoryCommand();
Command WatchCommand();
Command VerifyCommand();
Command AuditCommand();
Command DiffCommand();
Command PlotCommand();
Command ExportCommand();
Command ReplayCommand();
Command SimulateCommand();
Command DoctorCommand();
Command RewindCommand();
Command DlqCommand();
Command CompletionCommand();

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_COMMANDS_H_
