// A snapshot with what lies in segments put back, for who reads what its
// windows hold.

#ifndef EXACTMEAN_STATE_WHOLE_SNAPSHOT_H_
#define EXACTMEAN_STATE_WHOLE_SNAPSHOT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/key_windows.h"

namespace exactmean {

// `segments`: the records of those that it speaks of, in order. Afterwards it
// speaks of none, and is what a state without segments would have written.
// kDataLoss: the records are not those of such a snapshot; it is as before.
// `layout`: the one with segments.
absl::Status MakeWhole(const WindowLayout& layout,
                       absl::Span<const absl::string_view> segments,
                       results::Snapshot* snapshot);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_WHOLE_SNAPSHOT_H_
