// How much memory of this process is resident, for tests of what it keeps.

#ifndef EXACTMEAN_TESTS_RESIDENT_MEMORY_H_
#define EXACTMEAN_TESTS_RESIDENT_MEMORY_H_

#include <malloc.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

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

// Does glibc's allocator serve this process? A sanitizer's keeps what is freed.
inline bool AllocatorIsGlibc() {
  const size_t before = mallinfo2().uordblks;
  const std::vector<std::string> blocks(1000, std::string(100, 'x'));
  return mallinfo2().uordblks != before;
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_RESIDENT_MEMORY_H_
