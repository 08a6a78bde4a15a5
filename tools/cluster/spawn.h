// Starts a program that the kernel kills when this process ends. The part of
// Process that runs between fork and exec, where little is allowed.

#ifndef EXACTMEAN_TOOLS_CLUSTER_SPAWN_H_
#define EXACTMEAN_TOOLS_CLUSTER_SPAWN_H_

#include <sys/types.h>

#include "absl/status/statusor.h"

namespace exactmean {

// All that the child needs, ready made: it may not allocate.
struct SpawnRequest {
  char* const* argv = nullptr;  // ends with nullptr, as does envp
  char* const* envp = nullptr;
  const char* working_dir = nullptr;  // nullptr: the parent's
  int stdio[3] = {-1, -1, -1};        // -1: the parent's; else above 2
  bool own_group = false;
};

// Thread-safe. Returns once the program runs, or with the reason why it cannot.
absl::StatusOr<pid_t> Spawn(const SpawnRequest& request);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_SPAWN_H_
