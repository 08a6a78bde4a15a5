// The segments of keys in a compacted results partition.

#ifndef EXACTMEAN_TESTS_FUZZ_LIVE_SEGMENTS_H_
#define EXACTMEAN_TESTS_FUZZ_LIVE_SEGMENTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/result.pb.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"
#include "state/whole_snapshot.h"

namespace exactmean {

// By key and number.
using SegmentsOfKeys =
    std::map<std::string, std::map<uint64_t, absl::string_view>>;

inline SegmentsOfKeys SegmentsIn(
    const std::map<std::string, std::string>& live) {
  SegmentsOfKeys segments;
  for (const auto& [key, value] : live) {
    if (const auto segment = ParseSegmentKey(key)) {
      segments[std::string(segment->key)][segment->number] = value;
    }
  }
  return segments;
}

// Does the snapshot speak of these?
inline bool AreSegmentsOf(results::Snapshot* snapshot,
                          const std::map<uint64_t, absl::string_view>& segments,
                          const WindowLayout& layout) {
  std::vector<absl::string_view> in_order;
  uint64_t number = snapshot->first_segment();
  for (const auto& segment : segments) {
    if (segment.first != number++) return false;
    in_order.push_back(segment.second);
  }
  return MakeWhole(layout, in_order, snapshot).ok();
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_LIVE_SEGMENTS_H_
