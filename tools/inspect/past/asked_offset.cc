// OffsetsAtTime.

#include "tools/inspect/past/asked_offset.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "processor/retry.h"

namespace exactmean {
namespace {

absl::StatusOr<AskedOffset> OffsetAtTime(TopicReader* input,
                                         Partition partition, absl::Time time) {
  AskedOffset asked;
  const auto range = input->Range(partition);
  if (!range.ok()) return range.status();
  const auto found = input->FindTime(partition, time);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    const auto end = input->StableEnd(partition);
    if (!end.ok()) return end.status();
    asked.at = *end;
    return asked;
  }
  asked.at = **found;
  if (asked.at <= range->low && range->low > Offset(0)) {
    asked.unknown = absl::StrCat(
        "the input is retained from offset ", range->low.value(),
        " on, and all of that is later: which offset that time was is not "
        "known");
  }
  return asked;
}

}  // namespace

absl::StatusOr<std::map<Partition, AskedOffset>> OffsetsAtTime(
    TopicReader* input, absl::Span<const Partition> partitions, absl::Time time,
    const ScanOptions& options) {
  std::map<Partition, AskedOffset> offsets;
  for (const Partition partition : partitions) {
    auto found = AskWhileUnavailable(options.clock, options.patience, [&] {
      return OffsetAtTime(input, partition, time);
    });
    if (!found.ok()) return found.status();
    offsets[partition] = *std::move(found);
  }
  return offsets;
}

}  // namespace exactmean
