// The windows that a checkpoint tells of.

#ifndef EXACTMEAN_TOOLS_INSPECT_RECORDS_WINDOW_SPECS_H_
#define EXACTMEAN_TOOLS_INSPECT_RECORDS_WINDOW_SPECS_H_

#include <vector>

#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/key_windows.h"
#include "state/spec.h"

namespace exactmean {

// From the readable text of its fingerprint, so that no configuration is
// needed. nullopt when that is not as this version writes it, or tells of a
// window that no configuration may have.
absl::optional<std::vector<WindowSpec>> WindowSpecsOf(
    const results::Checkpoint& checkpoint);

// The layout of these windows with segments; nullopt likewise.
absl::optional<WindowLayout> SegmentedLayoutOf(
    const results::Checkpoint& checkpoint);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RECORDS_WINDOW_SPECS_H_
