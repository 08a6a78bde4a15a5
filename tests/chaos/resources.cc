// /proc.

#include "tests/chaos/resources.h"

#include <filesystem>  // NOLINT(build/c++17)
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace exactmean {
namespace {

// One more connection to each of three brokers, by each of the clients.
constexpr int64_t kConnections = 15;
constexpr int64_t kThreads = 4;
// Batches in flight after a stand-still, and what the allocator keeps of them.
constexpr int64_t kMemoryKib = 48 * 1024;

}  // namespace

std::string Resources::ToString() const {
  return absl::StrFormat("%.1f MiB, %d threads, %d descriptors",
                         static_cast<double>(memory_kib) / 1024, threads,
                         descriptors);
}

absl::StatusOr<Resources> ResourcesOf(pid_t pid) {
  namespace fs = std::filesystem;
  const std::string dir = absl::StrCat("/proc/", pid);
  Resources found;
  std::ifstream status(dir + "/status");
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:") status >> found.memory_kib;
    if (word == "Threads:") status >> found.threads;
  }
  std::error_code error;
  for (fs::directory_iterator fd(dir + "/fd", error), end; !error && fd != end;
       fd.increment(error)) {
    ++found.descriptors;
  }
  // A zombie has a status, without memory.
  if (error || found.memory_kib == 0 || found.threads == 0) {
    return absl::NotFoundError(absl::StrCat("no process ", pid));
  }
  return found;
}

bool ResourceSpan::IsFlat() const {
  return last.memory_kib <= first.memory_kib * 3 / 2 + kMemoryKib &&
         last.threads <= first.threads + kThreads &&
         last.descriptors <= first.descriptors + kConnections;
}

}  // namespace exactmean
