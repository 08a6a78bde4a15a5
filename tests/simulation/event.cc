// Events as text.

#include "tests/simulation/event.h"

#include "absl/strings/str_cat.h"

namespace exactmean {

absl::string_view EventName(EventKind kind) {
  static constexpr absl::string_view kNamesOfKinds[kEventKinds] = {
      "turns",
      "time passes",
      "produce",
      "foreign transaction begins",
      "foreign transaction ends",
      "start",
      "stop",
      "kill",
      "group forgets it",
      "cut off from the group",
      "reassignment",
      "group coordinator fails over",
      "transaction coordinator fails over",
      "offsets answered as missing",
      "committed offset expires",
      "longer than a transaction may",
      "results are compacted",
      "input is compacted",
      "input's log start moves",
      "a marker is written",
      "a late EndTxn arrives",
      "records delivered again",
      "crash before",
      "crash after",
      "unavailable before",
      "unavailable after",
      "aborted before",
      "aborted after",
      "unknown, did not happen",
      "unknown, did happen",
      "fenced before",
      "fenced after",
      "EndTxn delayed",
      "pause",
      "partitions assigned",
      "partitions revoked (eager)",
      "partitions revoked (cooperative)",
      "partitions lost",
  };
  return kNamesOfKinds[static_cast<int>(kind)];
}

std::string SlotName(int slot) { return absl::StrCat("i", slot % kNames); }

std::string Event::ToString() const {
  const std::string who =
      absl::StrCat(SlotName(slot), slot >= kNames ? " (twin)" : "");
  if (IsArmed(kind)) {
    std::string text = absl::StrCat(who, ": at call ", nth, " of ",
                                    SeamCallName(call), ": ", EventName(kind));
    if (kind == EventKind::kPause) {
      absl::StrAppend(&text, " for ", a, " events");
    } else if (kind == EventKind::kUnavailableBefore && a > 1) {
      absl::StrAppend(&text, ", ", a, " calls");
    } else if (kind == EventKind::kDelayEndTxn) {
      absl::StrAppend(&text, a == 0 ? ", unknown" : ", unavailable");
    }
    return text;
  }
  switch (kind) {
    case EventKind::kTurns:
      return absl::StrCat(who, ": ", a, " turns, ", b, " ms each");
    case EventKind::kStart:
    case EventKind::kStop:
    case EventKind::kKill:
    case EventKind::kExpire:
      return absl::StrCat(who, ": ", EventName(kind));
    case EventKind::kCutOff:
    case EventKind::kRedeliver:
      return absl::StrCat(who, ": ", EventName(kind), ", ", a);
    default:
      return absl::StrCat(EventName(kind), ", ", a);
  }
}

}  // namespace exactmean
