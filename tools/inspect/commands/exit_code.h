// From the status of a command to the exit code of the program.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_EXIT_CODE_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_EXIT_CODE_H_

#include "absl/status/status.h"

namespace exactmean {

// As kExitCodes in command.h tells them. A Stop has its reason's; kDataLoss is
// kState, kUnavailable kUnreachable, what the user can mend at the command
// line, in the configuration or by authorisation kConfig; what moved meanwhile
// (kAborted, kOutOfRange), or has an outcome that is not known (kUnknown), is
// kIncomplete. kCancelled, which is what a signal makes of work that was not
// done, is 130; work that a signal did not hinder has the code it would have
// had.
int ExitCodeOf(const absl::Status& status);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_EXIT_CODE_H_
