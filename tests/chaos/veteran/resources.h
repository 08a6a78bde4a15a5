// What a process holds: memory, threads, descriptors, as the kernel counts.

#ifndef EXACTMEAN_TESTS_CHAOS_VETERAN_RESOURCES_H_
#define EXACTMEAN_TESTS_CHAOS_VETERAN_RESOURCES_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace exactmean {

struct Resources {
  int64_t memory_kib = 0;  // resident and its own: no file's pages
  int64_t threads = 0;
  int64_t descriptors = 0;  // but for sockets
  int64_t sockets = 0;

  std::string ToString() const;
};

// kNotFound: there is no such process any more.
absl::StatusOr<Resources> ResourcesOf(pid_t pid);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_VETERAN_RESOURCES_H_
