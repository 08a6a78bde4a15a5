// Simulation: what meets the calls of its processes.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulation/simulation.h"

namespace exactmean {
namespace {

constexpr int kDeepestPause = 3;

// Do the calls of this kind go to the coordinator of the group?
bool AsksGroup(SeamCall call) {
  return call == SeamCall::kCommitted || call == SeamCall::kAddOffsets ||
         call == SeamCall::kCommitOffsets;
}
bool AsksTransactions(SeamCall call) {
  return call == SeamCall::kOpenTransaction || call == SeamCall::kAddOffsets ||
         call == SeamCall::kCommit || call == SeamCall::kAbort;
}

// What the event is to a process without transactions; false: nothing.
bool ToPlain(Event* event) {
  if (event->kind == EventKind::kDelayEndTxn) return false;
  if (event->call == SeamCall::kAddOffsets) {
    event->call = SeamCall::kCommitOffsets;
    // An error of it says that nothing was begun.
    if (event->kind == EventKind::kUnavailableAfter) {
      event->kind = EventKind::kUnavailableBefore;
      event->a = 1;
    }
  }
  if (event->call == SeamCall::kAbort) {
    event->call = SeamCall::kOffsetsCommitted;
  }
  if (event->kind < EventKind::kAbortedBefore ||
      event->kind > EventKind::kFencedAfter) {
    return true;
  }
  const bool before = event->kind == EventKind::kAbortedBefore ||
                      event->kind == EventKind::kUnknownBefore ||
                      event->kind == EventKind::kFencedBefore;
  if (event->call == SeamCall::kCommitOffsets) {
    event->kind = EventKind::kAbortedBefore;
  } else if (event->call == SeamCall::kOffsetsCommitted) {
    event->kind = before ? EventKind::kAbortedBefore : EventKind::kAbortedAfter;
  } else if (event->call == SeamCall::kOpenTransaction) {
    return false;
  } else if (event->call != SeamCall::kToken) {
    event->kind = before ? EventKind::kUnknownBefore : EventKind::kUnknownAfter;
  }
  return true;
}

}  // namespace

void Simulation::Arm(const Event& written) {
  Actor* actor = actors_[static_cast<size_t>(written.slot)].get();
  if (actor == nullptr) return;
  Event event = written;
  if (!configuration_.transactional() && !ToPlain(&event)) return;
  actor->armed.push_back(
      {event, actor->instance->plan.calls(event.call) + event.nth,
       event.kind == EventKind::kUnavailableBefore ? event.a : 1});
}

Fault Simulation::ChooseFault(Actor* actor, SeamCall call) {
  if (healing_) return Fault();
  const int64_t nth = actor->instance->plan.calls(call);
  for (size_t i = 0; i < actor->armed.size();) {
    if (actor->armed[i].event.call != call || actor->armed[i].due > nth) {
      ++i;
      continue;
    }
    const Event event = actor->armed[i].event;
    if (--actor->armed[i].left <= 0) {
      actor->armed.erase(actor->armed.begin() + static_cast<std::ptrdiff_t>(i));
    }
    // Once its end was asked for, a transaction is not known to be aborted.
    if (event.kind == EventKind::kAbortedBefore &&
        actor->probe.tracker().before_call() == Phase::kCommitSent) {
      continue;
    }
    Note(absl::StrCat("  >> ", event.ToString()));
    if (event.kind != EventKind::kPause) return FaultOf(actor, event);
    coverage_.Add(event.kind, SetOf(actor->probe.tracker().before_call()));
    Pause(actor, event.a);
    i = 0;  // others may have been armed meanwhile
  }
  const absl::Time now = world_.cluster().now();
  if ((AsksGroup(call) && now < group_away_until_) ||
      (configuration_.transactional() && AsksTransactions(call) &&
       now < transactions_away_until_)) {
    return Fault::FailBefore(
        absl::UnavailableError("the coordinator is moving"));
  }
  return Fault();
}

Fault Simulation::FaultOf(Actor* actor, const Event& event) {
  const PhaseTracker& tracker = actor->probe.tracker();
  const PhaseSet before = SetOf(tracker.before_call());
  const PhaseSet after = SetOf(tracker.after_call());
  const auto meet = [&](PhaseSet phases, Fault fault) {
    coverage_.Add(event.kind, phases);
    return fault;
  };
  constexpr absl::string_view kWhy = "by the schedule";
  switch (event.kind) {
    case EventKind::kCrashBefore:
      return meet(before, Fault::CrashBefore());
    case EventKind::kCrashAfter:
      return meet(after, Fault::CrashAfter());
    case EventKind::kUnavailableBefore:
      return meet(before, Fault::FailBefore(absl::UnavailableError(kWhy)));
    case EventKind::kUnavailableAfter:
      return meet(after, Fault::FailAfter(absl::UnavailableError(kWhy)));
    case EventKind::kAbortedBefore:
      return meet(before, Fault::FailBefore(absl::AbortedError(kWhy)));
    case EventKind::kAbortedAfter:
      return meet(after, Fault::FailAfter(absl::AbortedError(kWhy)));
    case EventKind::kUnknownBefore:
      return meet(before, Fault::FailBefore(absl::UnknownError(kWhy)));
    case EventKind::kUnknownAfter:
      return meet(after, Fault::FailAfter(absl::UnknownError(kWhy)));
    case EventKind::kFencedBefore:
      return meet(before,
                  Fault::FailBefore(absl::FailedPreconditionError(kWhy)));
    case EventKind::kFencedAfter:
      return meet(after, Fault::FailAfter(absl::FailedPreconditionError(kWhy)));
    default:  // kDelayEndTxn
      late_.push_back({actor->probe.producer()});
      return meet(before, Fault::FailBefore(
                              event.a == 0 ? absl::UnknownError(kWhy)
                                           : absl::UnavailableError(kWhy)));
  }
}

void Simulation::Pause(Actor* actor, int64_t events) {
  if (depth_ >= kDeepestPause || next_ >= schedule_.size()) return;
  ++depth_;
  RunEvents(std::min(schedule_.size(), next_ + static_cast<size_t>(events)));
  --depth_;
  Note(absl::StrCat("  << ", SlotName(actor->slot), " goes on"));
}

void Simulation::OnReturn(const Actor& actor, SeamCall call,
                          absl::optional<Partition> partition,
                          const absl::Status& status) {
  if (trace_ != nullptr && (!status.ok() || call != SeamCall::kPoll)) {
    Note(absl::StrCat(
        "  ", SlotName(actor.slot), actor.slot >= kNames ? "' " : "  ",
        SeamCallName(call),
        partition.has_value() ? absl::StrCat("(", partition->value(), ")") : "",
        " -> ", status.ok() ? "OK" : status.ToString()));
  }
  if (call == SeamCall::kCommit || call == SeamCall::kAbort ||
      call == SeamCall::kOpenTransaction || call == SeamCall::kBegin ||
      (call == SeamCall::kWrite &&
       configuration_.instance.delivery.mode == DeliveryMode::kAtMostOnce)) {
    Check();
  }
}

}  // namespace exactmean
