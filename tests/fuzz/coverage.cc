// GCC's hook at every basic block, and a table of pairs of blocks. Not itself
// instrumented.

#include "tests/fuzz/coverage.h"

#include <cstdint>

// The linker's: where the program begins, wherever it was loaded.
extern "C" const char __executable_start;  // NOLINT

namespace exactmean {
namespace {

constexpr size_t kSteps = 1 << 18;  // a power of two

uint8_t times[kSteps];  // of this input, at most 255
uint8_t seen[kSteps];   // a bit a magnitude of `times`, of all inputs
uint32_t taken[kSteps];
size_t taken_size = 0;
uintptr_t block_before = 0;
size_t total = 0;

// 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more: a bit for each.
uint8_t Magnitude(uint8_t n) {
  if (n <= 3) return static_cast<uint8_t>(1u << (n - 1));
  if (n < 8) return 1u << 3;
  if (n < 16) return 1u << 4;
  if (n < 32) return 1u << 5;
  return n < 128 ? 1u << 6 : 1u << 7;
}

void Step(uintptr_t block) {
  const size_t step =
      ((block * 0x9E3779B97F4A7C15u >> 40) ^ block_before) % kSteps;
  block_before = (block * 0x9E3779B97F4A7C15u >> 41);
  if (times[step] == 0) taken[taken_size++] = static_cast<uint32_t>(step);
  if (times[step] < 255) ++times[step];
}

}  // namespace

void BeginCoverage() {
  for (size_t i = 0; i < taken_size; ++i) times[taken[i]] = 0;
  taken_size = 0;
  block_before = 0;
}

size_t NewCoverage() {
  size_t found = 0;
  for (size_t i = 0; i < taken_size; ++i) {
    const uint8_t magnitude = Magnitude(times[taken[i]]);
    if ((seen[taken[i]] & magnitude) != 0) continue;
    seen[taken[i]] = static_cast<uint8_t>(seen[taken[i]] | magnitude);
    ++found;
  }
  total += found;
  return found;
}

size_t TotalCoverage() { return total; }

}  // namespace exactmean

extern "C" void __sanitizer_cov_trace_pc();   // NOLINT
extern "C" void __sanitizer_cov_trace_pc() {  // NOLINT
  exactmean::Step(reinterpret_cast<uintptr_t>(__builtin_return_address(0)) -
                  reinterpret_cast<uintptr_t>(&__executable_start));
}
