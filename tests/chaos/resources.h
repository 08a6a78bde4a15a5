// What a process holds: memory, threads, descriptors, as the kernel counts.

#ifndef EXACTMEAN_TESTS_CHAOS_RESOURCES_H_
#define EXACTMEAN_TESTS_CHAOS_RESOURCES_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace exactmean {

struct Resources {
  int64_t memory_kib = 0;  // resident
  int64_t threads = 0;
  int64_t descriptors = 0;

  std::string ToString() const;
};

// kNotFound: there is no such process any more.
absl::StatusOr<Resources> ResourcesOf(pid_t pid);

// First and last look at one process in quiet times.
struct ResourceSpan {
  std::string who;
  absl::Time first_time;
  absl::Time last_time;
  Resources first;
  Resources last;

  absl::Duration length() const { return last_time - first_time; }
  // A process that works the same work holds the same, but for the caches of
  // its allocator and connections that come and go.
  bool IsFlat() const;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_RESOURCES_H_
