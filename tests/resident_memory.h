// How much memory of this process is resident, for tests of what it keeps.

#ifndef EXACTMEAN_TESTS_RESIDENT_MEMORY_H_
#define EXACTMEAN_TESTS_RESIDENT_MEMORY_H_

#include <cstdint>
#include <fstream>
#include <string>

namespace exactmean {

// As the kernel counts.
inline int64_t ResidentKib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  int64_t kib = 0;
  while (kib == 0 && status >> word) {
    if (word == "VmRSS:") status >> kib;
  }
  return kib;
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_RESIDENT_MEMORY_H_
