// What each window of a snapshot holds.

#ifndef EXACTMEAN_TOOLS_INSPECT_GET_WINDOW_CONTENTS_H_
#define EXACTMEAN_TOOLS_INSPECT_GET_WINDOW_CONTENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/spec.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// A window and its share of what a snapshot keeps for several.
struct WindowContents {
  struct Sample {
    int64_t time = 0;
    double value = 0;
  };
  struct Pane {
    int64_t from = 0;  // microseconds, to before `to`
    int64_t to = 0;
    results::Moments moments;
  };
  WindowSpec window;
  results::Average average;
  std::vector<double> values;                 // of a count window, oldest first
  std::vector<Sample> samples;                // of an exact time window
  std::vector<Pane> panes;                    // of a time window in panes
  const results::Decayed* decayed = nullptr;  // of an ewma window
  const results::Moments* cumulative = nullptr;  // of a cumulative window
};

// Points into `snapshot`. kDataLoss when it is not of these windows, or
// corrupt.
absl::StatusOr<std::vector<WindowContents>> ContentsOf(
    const results::Snapshot& snapshot, const std::vector<WindowSpec>& windows);

// Blocks of lines, one a window.
std::string ContentsText(absl::Span<const WindowContents> contents,
                         const Terminal& terminal);

// An array of objects, one a window.
std::string ContentsJson(absl::Span<const WindowContents> contents);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_GET_WINDOW_CONTENTS_H_
