// What each kind of window holds, by its definition: computed from all samples
// of a key at once, and not by the code under test.

#ifndef EXACTMEAN_TESTS_WORLD_WINDOW_DEFINITIONS_H_
#define EXACTMEAN_TESTS_WORLD_WINDOW_DEFINITIONS_H_

#include "absl/types/span.h"
#include "state/average.h"
#include "state/spec.h"
#include "state/types.h"

namespace exactmean {

// Of a key with these samples since its first, in the order of the log. An ewma
// window has average and count alone. REQUIRES: not empty.
Average AverageByDefinition(const WindowSpec& window,
                            absl::Span<const Sample> samples);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_WINDOW_DEFINITIONS_H_
