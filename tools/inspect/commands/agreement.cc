// UserAgrees.

#include "tools/inspect/commands/agreement.h"

#include <iostream>
#include <string>

#include "absl/flags/flag.h"

ABSL_FLAG(bool, execute, false, "Write it; else it is only shown.");
ABSL_FLAG(bool, yes, false, "Do not ask before writing.");

namespace exactmean {

bool UserAgrees(Session& session) {
  if (absl::GetFlag(FLAGS_yes)) return true;
  session.err() << "Write this? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace exactmean
