// Memory that will be wanted soon.

#ifndef EXACTMEAN_TOOLS_INSPECT_PREFETCH_H_
#define EXACTMEAN_TOOLS_INSPECT_PREFETCH_H_

#include <cstddef>

namespace exactmean {

// Asks for all of it, so that reading it will not wait. REQUIRES: size > 0.
inline void PrefetchAll(const void* memory, size_t size) {
  constexpr size_t kLine = 64;
  const char* const begin = static_cast<const char*>(memory);
  for (size_t at = 0; at < size; at += kLine) __builtin_prefetch(begin + at);
  __builtin_prefetch(begin + size - 1);
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_PREFETCH_H_
