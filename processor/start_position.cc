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

// What the group's offset means beside the checkpoint's. Only transactions move
// both at once; without, the first of them to be written may be ahead.
absl::Status Compare(Offset group, Offset checkpoint, const StartInput& input,
                     StartPosition* start) {
  if (group == checkpoint) {
    start->source = StartPosition::Source::kBoth;
    return absl::OkStatus();
  }
  if (group < checkpoint && input.written != DeliveryMode::kExactlyOnce) {
    start->source = StartPosition::Source::kAhead;
    return absl::OkStatus();
  }
  if (group > checkpoint && input.mode == DeliveryMode::kAtMostOnce) {
    start->source = StartPosition::Source::kGroup;
    start->offset = group;
    start->lost = group.value() - checkpoint.value();
    return absl::OkStatus();
  }
  if (group > checkpoint && input.written == DeliveryMode::kAtMostOnce) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "the group's committed offset is %d, but the state ends before "
            "offset %d: a process under AT_MOST_ONCE died before it had "
            "written "
            "the %d records between. Start it under AT_MOST_ONCE once more, "
            "which counts them as lost, and stop it; or have them read again: "
            "set the group's offset back to %d (with Kafka's "
            "kafka-consumer-groups tool), or delete it",
            group.value(), checkpoint.value(),
            group.value() - checkpoint.value(), checkpoint.value()));
  }
  return Stop(
      StopReason::kState,
      absl::StrFormat(
          "the group's committed offset is %d, but the state ends before "
          "offset %d: somebody reset the group's offsets, or another "
          "program commits for it. Set the group's offset back to %d (with "
          "Kafka's kafka-consumer-groups tool), or delete it",
          group.value(), checkpoint.value(), checkpoint.value()));
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
    const absl::Status compared =
        Compare(*input.group, *input.checkpoint, input, &start);
    if (!compared.ok()) return compared;
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
    case StartPosition::Source::kAhead:
      return "checkpoint; the group's offset lags behind it";
    case StartPosition::Source::kGroup:
      return "the group's offset, which is ahead of the checkpoint";
  }
  return "";
}

}  // namespace exactmean
