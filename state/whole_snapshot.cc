// MakeWhole.

#include "state/whole_snapshot.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace exactmean {

absl::Status MakeWhole(const WindowLayout& layout,
                       absl::Span<const absl::string_view> segments,
                       results::Snapshot* snapshot) {
  if (snapshot->segments() != segments.size()) {
    return absl::DataLossError(
        absl::StrCat("corrupt snapshot: it speaks of ", snapshot->segments(),
                     " segments, of which there are ", segments.size()));
  }
  if (segments.empty()) {
    snapshot->clear_first_segment();
    return absl::OkStatus();
  }
  KeyWindows read;
  absl::Status status = read.FromProto(layout, *snapshot);
  if (!status.ok()) return status;
  std::vector<KeyWindows::WrittenSegment> written;
  for (const absl::string_view bytes : segments) written.push_back({bytes});
  status = read.TakeSegments(layout, written);
  if (!status.ok()) return status;
  results::Snapshot whole;
  read.ToWholeProto(layout, &whole);
  *snapshot->mutable_samples() = std::move(*whole.mutable_samples());
  if (layout.ring_capacity == 0) snapshot->clear_samples();
  if (whole.has_timed()) {
    *snapshot->mutable_timed() = std::move(*whole.mutable_timed());
  }
  snapshot->clear_first_segment();
  snapshot->clear_segments();
  return absl::OkStatus();
}

}  // namespace exactmean
