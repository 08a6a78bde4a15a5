// What glibc's allocator has to be told.

#include "processor/free_memory.h"

#include <malloc.h>

#include <cstdlib>

namespace exactmean {

// An arena that is not the main thread's looks behind its last block only when
// at least 64 KiB were let go of at once, and gives back what is there if that
// is more than the threshold. It is low for no longer than this takes: under
// load the memory would go back and forth with every commit. Who sets one of
// the thresholds gives up that glibc adapts both to what the program does, so
// they are then set to what it would come to.
void GiveBackFreeMemory() {
  constexpr size_t kLooksBehind = 128 << 10;
  constexpr int kMostMapped = 32 << 20;
  malloc_trim(/*pad=*/0);
  mallopt(M_MMAP_THRESHOLD, kMostMapped);
  mallopt(M_TRIM_THRESHOLD, 0);
  void* volatile block = std::malloc(kLooksBehind);  // not optimized away
  std::free(block);
  mallopt(M_TRIM_THRESHOLD, 2 * kMostMapped);
}

}  // namespace exactmean
