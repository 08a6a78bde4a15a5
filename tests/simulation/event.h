// What happens in a simulated world, as values: a schedule is a list of these.

#ifndef EXACTMEAN_TESTS_SIMULATION_EVENT_H_
#define EXACTMEAN_TESTS_SIMULATION_EVENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/fake_log/fault_plan.h"

namespace exactmean {

// Of slot `s`, numbers `a` and `b`, call `c` as each kind says.
enum class EventKind {
  // --- The run of things.
  kTurns,         // s makes a turns, b ms apart
  kAdvance,       // a ms pass
  kProduce,       // a records, made of seed b
  kBeginForeign,  // a foreign transaction on the input: a records of seed b
  kEndForeign,    // the oldest: commits (a = 1) or aborts
  // --- Processes and the group.
  kStart,     // s starts, unless it runs
  kStop,      // s is asked to stop
  kKill,      // s dies
  kExpire,    // the group forgets s
  kCutOff,    // s and the group do not hear of each other for a ms
  kReassign,  // the group shares out anew, by seed a
  // --- The cluster.
  kGroupFailover,        // the group's coordinator is away for a ms
  kTransactionFailover,  // the transactions' is
  kMissingOffsets,       // and says for a ms that there are no offsets
  kDeleteOffset,         // the offset of partition a (modulo) expires
  kTimeOut,              // longer than an open transaction may be passes
  kCompactResults,       // a: 0 keeps tombstones and markers
  kCompactInput,         // up to what is folded in
  kMoveLogStart,         // of the input, to what is folded in less a
  kWriteMarker,          // the a-th of those pending
  kLateEndTxn,           // a request to commit that was delayed arrives
  kRedeliver,            // s is delivered a records again
  // --- Met by the n-th call c of s from now on (and a - 1 more, if so said).
  kCrashBefore,
  kCrashAfter,
  kUnavailableBefore,  // a calls
  kUnavailableAfter,
  kAbortedBefore,
  kAbortedAfter,
  kUnknownBefore,
  kUnknownAfter,
  kFencedBefore,
  kFencedAfter,
  kDelayEndTxn,  // c is Commit: its request is under way; the answer is
                 // kUnknown (a = 0) or kUnavailable
  kPause,        // s stands still while the next a events happen
  // --- Observed, never scheduled.
  kAssigned,
  kRevokedEager,
  kRevokedCooperative,
  kLost,
};
constexpr int kEventKinds = static_cast<int>(EventKind::kLost) + 1;

absl::string_view EventName(EventKind kind);
inline bool IsArmed(EventKind kind) {
  return kind >= EventKind::kCrashBefore && kind <= EventKind::kPause;
}

struct Event {
  EventKind kind = EventKind::kAdvance;
  int slot = 0;
  int64_t a = 0;
  int64_t b = 0;
  SeamCall call = SeamCall::kPoll;
  int nth = 1;

  std::string ToString() const;
};

using Schedule = std::vector<Event>;

// Processors run in slots. One in slot s and one in slot s + kNames have the
// same name: the same instance id and transactional id.
constexpr int kNames = 4;
constexpr int kSlots = 2 * kNames;
std::string SlotName(int slot);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_EVENT_H_
