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

// All keys with their averages: a table, or one JSON object a line:
//   {"key":"IBM","partition":0,"records":3,"event_time":"2018-03-27T00:00:00Z",
//    "averages":{"sma20":{"average":1.5,"count":3,...}}}
// A key that is no UTF-8 has "key_base64", too. `limit` 0: all.
absl::StatusOr<std::string> RenderList(const std::vector<PartitionView>& views,
                                       OutputFormat format, size_t limit);

// One key in full, with what its windows hold; C escapes as "\xff" stand for
// bytes unless there is such a key. kNotFound when no partition has it.
absl::StatusOr<std::string> RenderKey(const std::vector<PartitionView>& views,
                                      absl::string_view key,
                                      OutputFormat format);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_RENDER_H_
