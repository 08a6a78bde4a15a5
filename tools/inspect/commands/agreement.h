// What a command that writes asks of the user first.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_

#include "absl/flags/declare.h"
#include "absl/status/status.h"
#include "tools/inspect/session.h"

ABSL_DECLARE_FLAG(bool, dry_run);
ABSL_DECLARE_FLAG(bool, execute);
ABSL_DECLARE_FLAG(bool, yes);

namespace exactmean {

// A usage error when --dry_run and --execute are both given.
absl::Status CheckDryRun();

// Asks on session.err(), and reads standard input; --yes agrees at once.
bool UserAgrees(Session& session);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_
