// Marks of a redrive: written, and read back.

#include "tools/inspect/dlq/redrive_mark.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/inspect/dlq/offset_ranges.h"

namespace exactmean {
namespace {

// A mark is of one transaction, which has far fewer.
constexpr int64_t kMostInARange = 1000000;

absl::Status Unreadable(absl::string_view value) {
  return absl::DataLossError(
      absl::StrCat("a mark of what was redriven cannot be read: \"",
                   value.substr(0, 100), "\""));
}

}  // namespace

OwnedRecord MarkOf(const std::vector<Offset>& redriven) {
  std::vector<OffsetSpan> spans;
  for (const Offset offset : redriven) {
    if (!spans.empty() && offset == Next(spans.back().last)) {
      spans.back().last = offset;
    } else {
      spans.push_back({offset, offset});
    }
  }
  OwnedRecord mark;
  mark.value = RangesText(spans);
  mark.headers = {{std::string(kRedrivenHeader), "1"}};
  mark.timestamp_ms = 0;  // the time of now
  return mark;
}

absl::StatusOr<absl::optional<std::vector<Offset>>> ParseMark(
    const OwnedRecord& record) {
  if (record.key.has_value() || record.headers.size() != 1 ||
      record.headers[0].name != kRedrivenHeader) {
    return absl::optional<std::vector<Offset>>();
  }
  const std::string value = record.value.value_or("");
  const auto spans = ParseRanges(value);
  if (!spans.has_value()) return Unreadable(value);
  std::vector<Offset> offsets;
  for (const OffsetSpan& span : *spans) {
    const int64_t more = span.last.value() - span.first.value();
    if (more > kMostInARange) return Unreadable(value);
    for (int64_t i = 0; i <= more; ++i) {
      offsets.push_back(Offset(span.first.value() + i));
    }
  }
  return absl::optional<std::vector<Offset>>(std::move(offsets));
}

}  // namespace exactmean
