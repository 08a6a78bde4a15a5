// All windows of one key.

#ifndef EXACTMEAN_STATE_KEY_WINDOWS_H_
#define EXACTMEAN_STATE_KEY_WINDOWS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/average.h"
#include "state/decayed.h"
#include "state/moments.h"
#include "state/panes.h"
#include "state/sample_ring.h"
#include "state/spec.h"
#include "state/timed_samples.h"
#include "state/types.h"

namespace exactmean {

// May this sample enter a window? Not NaN, an infinity, a value beyond
// kMaxMagnitude, or a time 36,000 years away, where sums of times overflow.
bool IsAdmissible(const Sample& sample);

// What all keys of a pipeline have in common: which windows share what.
// Immutable; outlives every KeyWindows that is used with it.
struct WindowLayout {
  explicit WindowLayout(const StateSpec& spec);

  std::vector<WindowSpec> windows;
  uint32_t ring_capacity = 0;     // the longest count window; 0: none
  int64_t timed_length_us = 0;    // the longest exact time window; 0: none
  std::vector<WindowSpec> panes;  // in the order of `windows`
  std::vector<WindowSpec> decayed;
  bool cumulative = false;

  // So many samples lie beside their key, in its memory; more have their own,
  // which grows with them.
  uint32_t ring_beside_key() const {
    return ring_capacity <= 16 ? ring_capacity : 0;
  }
  bool only_counts() const {
    return timed_length_us == 0 && panes.empty() && decayed.empty() &&
           !cumulative;
  }
};

// A value of a few dozen bytes when there are count windows alone.
class KeyWindows {
 public:
  // Samples of count windows go into `room`, see SampleRing.
  void Lend(double* room) { ring_.Lend(room); }

  // REQUIRES: IsAdmissible(sample).
  void Add(const WindowLayout& layout, const Sample& sample);

  // As if nothing had been added.
  void Clear() {
    ring_.Clear();
    others_.reset();
  }

  // One a window, in the order of the layout; computed from what the windows
  // hold, in a fixed order. `averages` has room for them.
  void ToAverages(const WindowLayout& layout,
                  absl::Span<Average> averages) const;

  // The fields of `snapshot` that hold windows.
  void ToProto(const WindowLayout& layout, results::Snapshot* snapshot) const;

  // kDataLoss when `snapshot` cannot come from ToProto under this layout. The
  // object is then as before.
  absl::Status FromProto(const WindowLayout& layout,
                         const results::Snapshot& snapshot);

 private:
  struct Others {
    TimedSamples timed;
    std::vector<Panes> panes;
    std::vector<Decayed> decayed;
    Moments cumulative;
  };
  static std::unique_ptr<Others> MakeOthers(const WindowLayout& layout);

  SampleRing ring_;
  std::unique_ptr<Others> others_;  // null when only_counts(), or empty
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_KEY_WINDOWS_H_
