// What stands before a write: --dry_run, --execute, --yes, and the right to.

#include "tools/inspect/commands/agreement.h"

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "processor/program/access.h"
#include "processor/stop.h"
#include "tools/inspect/flags.h"

ABSL_FLAG(bool, dry_run, false, "Only show it, as without --execute.");
ABSL_FLAG(bool, execute, false, "Write it; else it is only shown.");
ABSL_FLAG(bool, yes, false, "Do not ask before writing.");

namespace exactmean {

absl::Status CheckDryRun() {
  if (absl::GetFlag(FLAGS_dry_run) && absl::GetFlag(FLAGS_execute)) {
    return Stop(StopReason::kConfig, "--dry_run and --execute: which?");
  }
  return absl::OkStatus();
}

absl::Status CheckMayWrite(Session& session, const std::string& topic) {
  const auto admin = session.Admin();
  if (!admin.ok()) return admin.status();
  const auto found =
      (*admin)->DescribeTopic(topic, absl::GetFlag(FLAGS_patience));
  if (!found.ok()) return found.status();
  const std::vector<Operation> missing =
      MissingOf({Operation::kWrite}, found->allowed);
  if (missing.empty()) return absl::OkStatus();
  return Stop(StopReason::kConfig,
              ToString(Denial((*admin)->bootstrap_servers(),
                              {ResourceKind::kTopic, topic}, missing)));
}

bool UserAgrees(Session& session) {
  if (absl::GetFlag(FLAGS_yes)) return true;
  session.err() << "Write this? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace exactmean
