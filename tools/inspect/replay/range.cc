// StretchesBetween.

#include "tools/inspect/replay/range.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"

namespace exactmean {
namespace {

absl::StatusOr<Offset> OffsetOf(TopicReader* input, Partition partition,
                                const InputPosition& position) {
  const auto range = input->Range(partition);
  if (!range.ok()) return range.status();
  if (position.kind == InputPosition::Kind::kEarliest) return range->low;
  if (position.kind == InputPosition::Kind::kTime) {
    const auto found = input->FindTime(partition, position.time);
    if (!found.ok()) return found.status();
    if (found->has_value()) return **found;
  }
  if (position.kind != InputPosition::Kind::kOffsets) {
    return input->StableEnd(partition);
  }
  const auto named = position.offsets.find(partition);
  if (named == position.offsets.end()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", ToString(position),
                                                   "\" names no offset for "
                                                   "partition ",
                                                   partition.value()));
  }
  if (named->second < range->low || named->second > range->high) {
    return absl::OutOfRangeError(absl::StrFormat(
        "partition %d of the input holds offsets %d to %d; %d is not there",
        partition.value(), range->low.value(), range->high.value(),
        named->second.value()));
  }
  return named->second;
}

}  // namespace

absl::StatusOr<std::vector<Stretch>> StretchesBetween(
    TopicReader* input, absl::Span<const Partition> partitions,
    const InputPosition& from, const InputPosition& to) {
  std::vector<Stretch> stretches;
  for (const Partition partition : partitions) {
    const auto first = OffsetOf(input, partition, from);
    if (!first.ok()) return first.status();
    const auto end = OffsetOf(input, partition, to);
    if (!end.ok()) return end.status();
    if (*first > *end) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "in partition %d the beginning, %d, lies behind the end, %d",
          partition.value(), first->value(), end->value()));
    }
    stretches.push_back({partition, *first, *end});
  }
  return stretches;
}

}  // namespace exactmean
