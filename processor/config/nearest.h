// Guesses which of the known names a misspelt one was meant to be.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_NEAREST_H_
#define EXACTMEAN_PROCESSOR_CONFIG_NEAREST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace exactmean {

// The one of `names` that takes the fewest single-byte changes, letter case
// aside, to make of `misspelt`; empty when none is near enough to be meant.
std::string Nearest(absl::string_view misspelt,
                    const std::vector<std::string>& names);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_NEAREST_H_
