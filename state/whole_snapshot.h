// A snapshot with what lies in segments put back, for who reads what its
// windows hold.

#ifndef EXACTMEAN_STATE_WHOLE_SNAPSHOT_H_
#define EXACTMEAN_STATE_WHOLE_SNAPSHOT_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/spec.h"

namespace exactmean {

// `segments`: the records of those that it speaks of, in order. Afterwards it
// speaks of none, and is what a state without segments would have written.
// kDataLoss: the records are not those of such a snapshot; it is as before.
absl::Status MakeWhole(const std::vector<WindowSpec>& windows,
                       absl::Span<const absl::string_view> segments,
                       results::Snapshot* snapshot);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_WHOLE_SNAPSHOT_H_
