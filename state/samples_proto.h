// Samples to and from the fields that snapshots and segments have in common.
// What is read is checked: bytes of a topic are not to be trusted.

#ifndef EXACTMEAN_STATE_SAMPLES_PROTO_H_
#define EXACTMEAN_STATE_SAMPLES_PROTO_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// kDataLoss, of a snapshot.
absl::Status Corrupt(absl::string_view what);

// Wraps around instead of overflowing: deltas come from outside.
inline int64_t AddWrapping(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

// kDataLoss: they cannot be values of such a ring.
absl::Status CheckRing(const results::Samples& ring, uint32_t capacity);

void TimedToProto(absl::Span<const Sample> from, results::TimedSamples* to);

// Appends them to `to`. kDataLoss: they cannot be samples of one time window of
// that length.
absl::Status ReadTimed(const results::TimedSamples& from, int64_t length_us,
                       std::vector<Sample>* to);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_SAMPLES_PROTO_H_
