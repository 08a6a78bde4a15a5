// What a command that writes asks of the user first.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_

#include <string>

#include "absl/flags/declare.h"
#include "absl/status/status.h"
#include "tools/inspect/session.h"

ABSL_DECLARE_FLAG(bool, dry_run);
ABSL_DECLARE_FLAG(bool, execute);
ABSL_DECLARE_FLAG(bool, yes);

namespace exactmean {

// A usage error when --dry_run and --execute are both given.
absl::Status CheckDryRun();

// Of a topic: kPermissionDenied, or a Stop, which name it and what is missing.
// Asked first, as brokers refuse a transaction without a word of the topic.
absl::Status CheckMayWrite(Session& session, const std::string& topic);

// Asks on session.err(), and reads standard input; --yes agrees at once.
bool UserAgrees(Session& session);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_AGREEMENT_H_
