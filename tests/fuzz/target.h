// What a fuzz target is made of: libFuzzer's entry points, and the check that
// ends a run.

#ifndef EXACTMEAN_TESTS_FUZZ_TARGET_H_
#define EXACTMEAN_TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Defined by every target. Returns 0; does not return when a property fails.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

// Defined by targets whose inputs have a structure: changes `data` in place and
// returns its new size, at most `max_size`.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed)
    __attribute__((weak));

// Defined by the driver, for custom mutators: changes the bytes as if there
// were no structure.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace exactmean {

// Says what failed and aborts; the driver then tells the input.
[[noreturn]] void FuzzFailed(const char* file, int line, const char* condition,
                             const std::string& what);

// The input as text.
inline absl::string_view InputText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace exactmean

// A property of the code under test. `what` is evaluated when it fails.
#define FUZZ_CHECK(condition, what)                                    \
  do {                                                                 \
    if (!(condition)) {                                                \
      ::exactmean::FuzzFailed(__FILE__, __LINE__, #condition, (what)); \
    }                                                                  \
  } while (false)

#endif  // EXACTMEAN_TESTS_FUZZ_TARGET_H_
