// All windows of one key.

#ifndef EXACTMEAN_STATE_KEY_WINDOWS_H_
#define EXACTMEAN_STATE_KEY_WINDOWS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/average.h"
#include "state/decayed.h"
#include "state/moments.h"
#include "state/panes.h"
#include "state/sample_ring.h"
#include "state/segment_log.h"
#include "state/spec.h"
#include "state/timed_samples.h"
#include "state/types.h"

namespace exactmean {

// May this sample enter a window? Not NaN, an infinity, a value beyond
// kMaxMagnitude, or a time 36,000 years away, where sums of times overflow.
bool IsAdmissible(const Sample& sample);

// What all keys of a pipeline have in common: which windows share what.
// Immutable; outlives every KeyWindows that is used with it.
//
// A commit writes a snapshot of each key that has changed. So that what it
// writes does not grow with the windows, the samples of long ones lie in
// segments: those since the last segment in the snapshot, and when they are
// `segment_samples`, they are the next segment, a record of its own. It takes a
// transaction to write both or neither.
struct WindowLayout {
  explicit WindowLayout(const StateSpec& spec, bool in_segments = false);

  std::vector<WindowSpec> windows;
  uint32_t ring_capacity = 0;     // the longest count window; 0: none
  int64_t timed_length_us = 0;    // the longest exact time window; 0: none
  std::vector<WindowSpec> panes;  // in the order of `windows`
  std::vector<WindowSpec> decayed;
  bool cumulative = false;
  uint32_t segment_samples = 0;  // 0: everything is in the snapshot

  // Ring values of a short count window cost less in the snapshot.
  bool ring_in_segments() const {
    return segment_samples > 0 && ring_capacity > 2 * segment_samples;
  }
  bool in_segments() const {
    return ring_in_segments() || (segment_samples > 0 && timed_length_us > 0);
  }
  // So many samples lie beside their key, in its memory; more have their own,
  // which grows with them.
  uint32_t ring_beside_key() const {
    constexpr uint32_t kMost = 16;
    static_assert(kMost <= SampleRing::kMaxLentCapacity, "a ring's word");
    return ring_capacity <= kMost ? ring_capacity : 0;
  }
  bool only_ring() const {
    return !in_segments() && timed_length_us == 0 && panes.empty() &&
           decayed.empty() && !cumulative;
  }
};

// A value of a few dozen bytes when there are count windows alone.
class KeyWindows {
 public:
  // Samples of count windows go into `room`, see SampleRing.
  void Lend(double* room) { ring_.Lend(room); }

  // REQUIRES: IsAdmissible(sample).
  void Add(const WindowLayout& layout, const Sample& sample);

  // As if nothing had been added; but what of its segments is in the log is
  // remembered.
  void Clear(const WindowLayout& layout);

  // One a window, in the order of the layout; computed from what the windows
  // hold, in a fixed order. `averages` has room for them.
  void ToAverages(const WindowLayout& layout,
                  absl::Span<Average> averages) const;

  // The fields of `snapshot` that hold windows, without what is in segments.
  void ToProto(const WindowLayout& layout, results::Snapshot* snapshot) const;
  // With it, as if there were none.
  void ToWholeProto(const WindowLayout& layout,
                    results::Snapshot* snapshot) const;

  // kDataLoss when `snapshot` cannot come from ToProto or ToWholeProto under
  // this layout. The object is then as before. If the snapshot speaks of
  // segments, the windows are without their samples until TakeSegments.
  absl::Status FromProto(const WindowLayout& layout,
                         const results::Snapshot& snapshot);

  struct WrittenSegment {
    absl::string_view bytes;
    uint64_t hash = 0;  // of the record, see SegmentLog
  };
  // How many FromProto has left to be taken; their numbers begin with
  // segments()->first_number().
  uint64_t awaited_segments() const;
  // Those, in order. kDataLoss: it cannot be they.
  absl::Status TakeSegments(const WindowLayout& layout,
                            absl::Span<const WrittenSegment> segments);

  // Null when there were none.
  SegmentLog* segments() const;

 private:
  struct Segmented {
    SegmentLog log;
    uint32_t open_values = 0;  // of the ring, since the last segment
    uint64_t awaited = 0;      // by TakeSegments
  };
  struct Others {
    TimedSamples timed;
    std::vector<Panes> panes;
    std::vector<Decayed> decayed;
    Moments cumulative;
    std::unique_ptr<Segmented> segmented;  // null unless in_segments()
  };
  static std::unique_ptr<Others> MakeOthers(const WindowLayout& layout);
  static absl::Status ReadOthers(const WindowLayout& layout,
                                 const results::Snapshot& snapshot, Others* to);

  void MoveToSegments(const WindowLayout& layout);
  void CloseOpen(const WindowLayout& layout);
  void Repack(const WindowLayout& layout);
  void AppendSegments(const WindowLayout& layout, uint32_t ring_values,
                      absl::Span<const Sample> timed);
  // So many values of the ring, the first `age` places before the newest.
  void RingToProto(const WindowLayout& layout, uint32_t age, uint32_t count,
                   results::Samples* samples) const;
  void OthersToProto(const WindowLayout& layout,
                     results::Snapshot* snapshot) const;

  SampleRing ring_;
  std::unique_ptr<Others> others_;  // null when only_ring(), or empty
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_KEY_WINDOWS_H_
