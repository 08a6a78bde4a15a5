// The state as text for people and as JSON for programs.

#ifndef EXACTMEAN_TOOLS_INSPECT_RENDER_H_
#define EXACTMEAN_TOOLS_INSPECT_RENDER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/inspect/results_view.h"
#include "tools/inspect/session.h"

namespace exactmean {

// One key in full, with what its windows hold; C escapes as "\xff" stand for
// bytes unless there is such a key. kNotFound when no partition has it.
absl::StatusOr<std::string> RenderKey(const std::vector<PartitionView>& views,
                                      absl::string_view key,
                                      OutputFormat format);

// Each partition's checkpoint, and whether its digest is that of the keys that
// were read.
std::string RenderCheckpoints(const std::vector<PartitionView>& views,
                              OutputFormat format);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RENDER_H_
