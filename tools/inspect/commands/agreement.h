// What a command that writes asks of the user first.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_

#include "absl/flags/declare.h"
#include "tools/inspect/session.h"

ABSL_DECLARE_FLAG(bool, execute);
ABSL_DECLARE_FLAG(bool, yes);

namespace exactmean {

// Asks on session.err(), and reads standard input; --yes agrees at once.
bool UserAgrees(Session& session);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_
