// /proc.

#include "tests/chaos/veteran/resources.h"

#include <filesystem>  // NOLINT(build/c++17)
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace exactmean {

std::string Resources::ToString() const {
  return absl::StrFormat("%.1f MiB, %d threads, %d descriptors, %d sockets",
                         static_cast<double>(memory_kib) / 1024, threads,
                         descriptors, sockets);
}

absl::StatusOr<Resources> ResourcesOf(pid_t pid) {
  namespace fs = std::filesystem;
  const std::string dir = absl::StrCat("/proc/", pid);
  Resources found;
  std::ifstream status(dir + "/status");
  std::string word;
  while (status >> word) {
    if (word == "RssAnon:") status >> found.memory_kib;
    if (word == "Threads:") status >> found.threads;
  }
  std::error_code error;
  for (fs::directory_iterator fd(dir + "/fd", error), end; !error && fd != end;
       fd.increment(error)) {
    // One that was closed meanwhile has no target.
    std::error_code closed;
    const std::string target = fs::read_symlink(fd->path(), closed).string();
    if (closed) continue;
    ++(absl::StartsWith(target, "socket:") ? found.sockets : found.descriptors);
  }
  // A zombie has a status, without memory.
  if (error || found.memory_kib == 0 || found.threads == 0) {
    return absl::NotFoundError(absl::StrCat("no process ", pid));
  }
  return found;
}

}  // namespace exactmean
