// A target with three faults, for the test of the driver.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = exactmean::InputText(data, size);
  if (size < 3) return 0;
  // A letter after the other: each is a step that coverage shows.
  if (data[0] == 'M') {
    if (data[1] == 'E') {
      if (data[2] == 'M') return data[size];
    }
  }
  if (absl::StartsWith(text, "INT")) {
    int number = std::numeric_limits<int>::max() - 1;
    for (size_t i = 1; i < size; ++i) ++number;
    return number & 1;
  }
  FUZZ_CHECK(!absl::StartsWith(text, "NOT"), "as planted");
  return 0;
}
