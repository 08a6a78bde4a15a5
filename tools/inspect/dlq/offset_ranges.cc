// Ranges of offsets as text, and back.

#include "tools/inspect/dlq/offset_ranges.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace exactmean {

bool Contains(absl::Span<const OffsetSpan> spans, Offset offset) {
  const auto after = std::upper_bound(
      spans.begin(), spans.end(), offset,
      [](Offset at, const OffsetSpan& span) { return at < span.first; });
  return after != spans.begin() && offset <= std::prev(after)->last;
}

std::string RangesText(absl::Span<const OffsetSpan> spans) {
  std::string text;
  for (const OffsetSpan& span : spans) {
    absl::StrAppend(&text, text.empty() ? "" : ",", span.first.value());
    if (span.last == kNoEnd) {
      absl::StrAppend(&text, "-");
    } else if (span.last > span.first) {
      absl::StrAppend(&text, "-", span.last.value());
    }
  }
  return text;
}

absl::optional<std::vector<OffsetSpan>> ParseRanges(absl::string_view text) {
  std::vector<OffsetSpan> spans;
  for (const absl::string_view range : absl::StrSplit(text, ',')) {
    const std::pair<absl::string_view, absl::string_view> ends =
        absl::StrSplit(range, absl::MaxSplits('-', 1));
    int64_t first = 0, last = kNoEnd.value();
    const bool single = range.find('-') == absl::string_view::npos;
    if (!absl::SimpleAtoi(ends.first, &first) || first < 0) {
      return absl::nullopt;
    }
    if (single) {
      last = first;
    } else if (!ends.second.empty() && !absl::SimpleAtoi(ends.second, &last)) {
      return absl::nullopt;
    }
    const bool ascends = spans.empty() || spans.back().last < Offset(first);
    if (last < first || !ascends) return absl::nullopt;
    spans.push_back({Offset(first), Offset(last)});
  }
  return spans;
}

}  // namespace exactmean
