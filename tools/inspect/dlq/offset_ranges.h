// Ranges of offsets, as the marks among dead letters have them: "5-9,12,20-".

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_OFFSET_RANGES_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_OFFSET_RANGES_H_

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/types.h"

namespace exactmean {

// As the last one of a range: it has no end.
constexpr Offset kNoEnd{std::numeric_limits<int64_t>::max()};

// Both included.
struct OffsetSpan {
  Offset first;
  Offset last;

  friend bool operator==(const OffsetSpan& a, const OffsetSpan& b) {
    return a.first == b.first && a.last == b.last;
  }
};

// Those of `spans`, which ascend.
bool Contains(absl::Span<const OffsetSpan> spans, Offset offset);

std::string RangesText(absl::Span<const OffsetSpan> spans);
// nullopt: it is no text of ranges that ascend.
absl::optional<std::vector<OffsetSpan>> ParseRanges(absl::string_view text);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_OFFSET_RANGES_H_
