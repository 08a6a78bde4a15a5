// DecideStart.

#include "processor/start_position.h"

#include "absl/strings/str_format.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

absl::Status CheckRetained(Offset offset, const OffsetRange& range) {
  if (offset < range.low) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "the state ends before offset %d, but the input's first retained "
            "record is %d: %d records were deleted unread. Lengthen the "
            "input's retention; to go on without them, start over with a new "
            "application_id and results topic",
            offset.value(), range.low.value(),
            range.low.value() - offset.value()));
  }
  if (offset > range.high) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "the state ends before offset %d, but the input ends before %d: "
            "the input topic was deleted and made again, or lost records. "
            "Start over with a new application_id and results topic",
            offset.value(), range.high.value()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<StartPosition> DecideStart(const StartInput& input) {
  StartPosition start;
  if (!input.checkpoint.has_value()) {
    if (input.group.has_value()) {
      return Stop(
          StopReason::kState,
          absl::StrFormat(
              "the group has committed offset %d, but the results topic holds "
              "no state: it was deleted, made again, or is another one. "
              "Restore it; to start over, use a new application_id",
              input.group->value()));
    }
    start.offset = input.fresh == FreshStart::kEarliest ? input.range.low
                                                        : input.range.high;
    return start;
  }
  start.offset = *input.checkpoint;
  start.source = StartPosition::Source::kCheckpoint;
  if (input.group.has_value()) {
    if (*input.group != *input.checkpoint) {
      return Stop(
          StopReason::kState,
          absl::StrFormat(
              "the group's committed offset is %d, but the state ends before "
              "offset %d: somebody reset the group's offsets, or another "
              "program commits for it. Set the group's offset back to %d (with "
              "Kafka's kafka-consumer-groups tool), or delete it",
              input.group->value(), input.checkpoint->value(),
              input.checkpoint->value()));
    }
    start.source = StartPosition::Source::kBoth;
  }
  const absl::Status retained = CheckRetained(start.offset, input.range);
  if (!retained.ok()) return retained;
  return start;
}

absl::string_view ToString(StartPosition::Source source) {
  switch (source) {
    case StartPosition::Source::kBoth:
      return "group and checkpoint agree";
    case StartPosition::Source::kCheckpoint:
      return "checkpoint; the group has no offset";
    case StartPosition::Source::kFresh:
      return "fresh start";
  }
  return "";
}

}  // namespace exactmean
