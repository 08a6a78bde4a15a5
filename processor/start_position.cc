// DecideStart.

#include "processor/start_position.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "processor/stop.h"
#include "state/counts.h"

namespace exactmean {
namespace {

// How many offsets there are from `begin` to before `end`.
uint64_t Between(Offset begin, Offset end) {
  return static_cast<uint64_t>(end.value() - begin.value());
}

absl::Status CheckRetained(Offset offset, const OffsetRange& range) {
  if (offset < range.low) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "the state ends before offset %d, but the input's first retained "
            "record is %d: %s deleted unread. Lengthen the "
            "input's retention; to go on without them, start over with a new "
            "application_id and results topic",
            offset.value(), range.low.value(),
            Plural(Between(offset, range.low), "record", "was", "were")));
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

// `what` names the offset and who gave it.
absl::Status CheckWithin(absl::string_view what, Offset offset,
                         const StartInput& input) {
  if (offset >= input.range.low && offset <= input.range.high) {
    return absl::OkStatus();
  }
  const std::string gone =
      offset < input.range.low
          ? absl::StrFormat(
                ": %s deleted from there on. To go on without "
                "them, start at %d",
                Plural(Between(offset, input.range.low), "record", "is", "are"),
                input.range.low.value())
          : std::string(": it is not there yet");
  return Stop(
      StopReason::kConfig,
      absl::StrFormat("%s is %d, but partition %d of the input holds "
                      "offsets %d to %d%s",
                      what, offset.value(), input.partition.value(),
                      input.range.low.value(), input.range.high.value(), gone));
}

absl::StatusOr<StartPosition> Fresh(const StartInput& input) {
  StartPosition start;
  switch (input.fresh.kind) {
    case InputPosition::Kind::kEarliest:
      start.offset = input.range.low;
      return start;
    case InputPosition::Kind::kLatest:
      start.offset = input.range.high;
      return start;
    case InputPosition::Kind::kTime:
      start.offset =
          std::max(input.at_time.value_or(input.range.high), input.range.low);
      return start;
    case InputPosition::Kind::kCommitted:
      return Stop(StopReason::kConfig,
                  absl::StrFormat(
                      "input.start is \"committed\", but the group has "
                      "committed nothing for partition %d: name another start",
                      input.partition.value()));
    case InputPosition::Kind::kOffsets:
      break;
  }
  const auto named = input.fresh.offsets.find(input.partition);
  if (named == input.fresh.offsets.end()) {
    return Stop(
        StopReason::kConfig,
        absl::StrFormat("input.start (or --from) names no offset for partition "
                        "%d: each partition needs one",
                        input.partition.value()));
  }
  const absl::Status within =
      CheckWithin("the offset to start at", named->second, input);
  if (!within.ok()) return within;
  start.offset = named->second;
  return start;
}

// There is a group's offset, and no state that belongs to it.
absl::StatusOr<StartPosition> GroupAlone(const StartInput& input) {
  const bool wanted = input.fresh.kind == InputPosition::Kind::kCommitted;
  if (input.group_is_ours) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "the group has committed offset %d, but the results topic holds "
            "no state: it was deleted, made again, or is another one. "
            "Restore it; to start over, use a new application_id",
            input.group->value()));
  }
  if (!wanted) {
    return Stop(
        StopReason::kState,
        absl::StrFormat(
            "another program has committed offset %d for the group, and the "
            "results topic holds no state. To go on from there, set "
            "input.start: \"committed\"; else use a new application_id",
            input.group->value()));
  }
  const absl::Status within =
      CheckWithin("the group's committed offset", *input.group, input);
  if (!within.ok()) return within;
  StartPosition start;
  start.offset = *input.group;
  start.source = StartPosition::Source::kTakenOver;
  return start;
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
            "written the %s between. Start it under AT_MOST_ONCE once more, "
            "which counts them as lost, and stop it; or have them read again: "
            "set the group's offset back to %d (with "
            "kafka-consumer-groups.sh), "
            "or delete it",
            group.value(), checkpoint.value(),
            Plural(static_cast<uint64_t>(group.value() - checkpoint.value()),
                   "record"),
            checkpoint.value()));
  }
  return Stop(
      StopReason::kState,
      absl::StrFormat(
          "the group's committed offset is %d, but the state ends before "
          "offset %d: somebody reset the group's offsets, or another "
          "program commits for it. Set the group's offset back to %d, or "
          "delete it (`exactmean-inspect status` prints the command). To have "
          "records read again: `exactmean-inspect rewind`",
          group.value(), checkpoint.value(), checkpoint.value()));
}

}  // namespace

absl::StatusOr<StartPosition> DecideStart(const StartInput& input) {
  if (!input.checkpoint.has_value()) {
    return input.group.has_value() ? GroupAlone(input) : Fresh(input);
  }
  StartPosition start;
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
    case StartPosition::Source::kTakenOver:
      return "another program's committed offset, as configured";
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
