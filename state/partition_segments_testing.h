// What the tests of long windows share.

#ifndef EXACTMEAN_STATE_PARTITION_SEGMENTS_TESTING_H_
#define EXACTMEAN_STATE_PARTITION_SEGMENTS_TESTING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "state/digest.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"

namespace exactmean {

using Snapshots = std::map<std::string, std::string>;

constexpr int64_t kSecond = 1'000'000;

inline StateSpec Spec(uint32_t ring, int64_t length_us,
                      uint32_t segment_samples) {
  StateSpec spec;
  spec.source = "number";
  spec.segment_samples = segment_samples;
  if (ring > 0) {
    spec.windows.push_back(
        {"long", WindowSpec::Kind::kCount, ring, 0, 0, 0, 0});
    spec.windows.push_back({"short", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0});
  }
  if (length_us > 0) {
    spec.windows.push_back(
        {"time", WindowSpec::Kind::kTimeExact, 0, length_us, 0, 0, 0});
    spec.windows.push_back(
        {"less", WindowSpec::Kind::kTimeExact, 0, length_us / 3, 0, 0, 0});
  }
  spec.windows.push_back({"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0});
  return spec;
}

inline Snapshots SnapshotsOf(PartitionState* state) {
  Snapshots result;
  state->VisitSnapshots([](absl::string_view) { return true; },
                        [&](absl::string_view key, absl::string_view snapshot) {
                          result.emplace(key, snapshot);
                        });
  return result;
}

inline uint64_t DigestOf(const Log& log) {
  uint64_t digest = 0;
  for (const auto& [key, value] : log) {
    if (key != kCheckpointKey) digest += RecordHash(key, value);
  }
  return digest;
}

inline size_t SegmentsIn(const Log& log) {
  return static_cast<size_t>(
      std::count_if(log.begin(), log.end(), [](const auto& record) {
        return absl::StartsWith(record.first, kSegmentPrefix);
      }));
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PARTITION_SEGMENTS_TESTING_H_
