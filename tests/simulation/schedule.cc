// Schedules from seeds: a stream of small stories, each of a few events.

#include "tests/simulation/schedule.h"

#include <utility>

namespace exactmean {
namespace {

// The calls that a fault may meet, by what it is.
constexpr SeamCall kCommitCalls[] = {SeamCall::kToken,      SeamCall::kBegin,
                                     SeamCall::kWrite,      SeamCall::kWrite,
                                     SeamCall::kAddOffsets, SeamCall::kCommit,
                                     SeamCall::kCommit};
constexpr SeamCall kRestoreCalls[] = {
    SeamCall::kCommitted,   SeamCall::kCommitted, SeamCall::kEndOffset,
    SeamCall::kOpenResults, SeamCall::kRead,      SeamCall::kRead,
    SeamCall::kRange,       SeamCall::kReadAt,    SeamCall::kResumeAt};
constexpr SeamCall kOtherCalls[] = {
    SeamCall::kPoll,         SeamCall::kPause,           SeamCall::kAbort,
    SeamCall::kCloseResults, SeamCall::kOpenTransaction, SeamCall::kPosition,
    SeamCall::kCloseInput};
constexpr SeamCall kTransactionCalls[] = {SeamCall::kBegin, SeamCall::kWrite,
                                          SeamCall::kAddOffsets,
                                          SeamCall::kCommit};

// What may happen to the world at any time; `a` of the event lies between.
struct WorldEvent {
  EventKind kind;
  int64_t least;
  int64_t most;
};
constexpr WorldEvent kWorldEvents[] = {
    {EventKind::kAdvance, 1, 4000},
    {EventKind::kStart, 0, 0},
    {EventKind::kBeginForeign, 1, 4},
    {EventKind::kEndForeign, 0, 1},
    {EventKind::kEndForeign, 0, 1},
    {EventKind::kEndForeign, 0, 1},
    {EventKind::kExpire, 0, 0},
    {EventKind::kCutOff, 100, 40000},
    {EventKind::kReassign, 0, 1000000},
    {EventKind::kGroupFailover, 100, 5000},
    {EventKind::kTransactionFailover, 100, 20000},
    {EventKind::kMissingOffsets, 100, 40000},
    {EventKind::kDeleteOffset, 0, 11},
    {EventKind::kTimeOut, 0, 0},
    {EventKind::kCompactResults, 0, 1},
    {EventKind::kCompactInput, 1, 1},
    {EventKind::kMoveLogStart, 0, 3},
    {EventKind::kWriteMarker, 0, 7},
    {EventKind::kWriteMarker, 0, 7},
    {EventKind::kLateEndTxn, 0, 0},
    {EventKind::kRedeliver, 1, 5},
};

class Writer {
 public:
  Writer(uint64_t seed, const Configuration& configuration)
      // Not the dice of the configuration.
      : dice_(seed ^ 0x9e3779b97f4a7c15), configuration_(configuration) {}

  Schedule Write() {
    Produce(5);
    for (int slot = 0; slot < configuration_.instances; ++slot) {
      Add({EventKind::kStart, slot});
      if (dice_.OneIn(2)) Turns(slot);
    }
    const int64_t stories = dice_.Between(8, 28);
    for (int64_t i = 0; i < stories; ++i) Story();
    return std::move(schedule_);
  }

 private:
  void Add(const Event& event) { schedule_.push_back(event); }

  int Slot() {
    // Twins are rare: they fence each other.
    const int slot = static_cast<int>(dice_.Below(configuration_.instances));
    return dice_.OneIn(12) ? slot + kNames : slot;
  }
  void Turns(int slot) {
    Add({EventKind::kTurns, slot, dice_.Between(1, 6),
         dice_.Of<int>({0, 20, 50, 150, 400})});
  }
  void Produce(int64_t most) {
    Add({EventKind::kProduce, 0, dice_.Between(1, most),
         static_cast<int64_t>(dice_.Seed() >> 1)});
  }
  // At the nth call from now on.
  void Arm(EventKind kind, int slot, SeamCall call, int64_t most_nth,
           int64_t a = 1) {
    Event event{kind, slot, a, 0, call};
    event.nth = static_cast<int>(dice_.Between(1, most_nth));
    Add(event);
  }
  SeamCall AnyCall() {
    const int64_t kind = dice_.Below(10);
    return kind < 5   ? dice_.Of(kCommitCalls)
           : kind < 9 ? dice_.Of(kRestoreCalls)
                      : dice_.Of(kOtherCalls);
  }
  int64_t Most(SeamCall call) { return call == SeamCall::kWrite ? 6 : 2; }

  void Story() {
    const int slot = Slot();
    if (!dice_.OneIn(3)) Produce(8);
    switch (dice_.Below(9)) {
      case 0:
      case 1:
        Fault(slot);
        break;
      case 2:
      case 3:
        StandStill(slot);
        break;
      case 4:
        LateAnswer(slot);
        break;
      case 5:
        ComeOrGo(slot);
        break;
      case 6:
        dice_.OneIn(2) ? SlowRestore(slot) : LateEndTxn(slot);
        break;
      default:
        AnyWorldEvent(slot);
    }
    Turns(slot);
    for (int64_t i = dice_.Below(4); i > 0; --i) Turns(Slot());
  }

  void Fault(int slot) {
    const SeamCall call = AnyCall();
    switch (dice_.Below(6)) {
      case 0:
        return Arm(EventKind::kCrashBefore, slot, call, Most(call));
      case 1:
        return Arm(EventKind::kCrashAfter, slot, call, Most(call));
      case 2:
        return Unavailable(slot, call);
      default:
        return TransactionFault(slot);
    }
  }

  void Unavailable(int slot, SeamCall call) {
    if (call == SeamCall::kPosition || call == SeamCall::kCloseResults) {
      call = SeamCall::kRead;  // those have no status
    }
    if (dice_.OneIn(3)) {
      return Arm(EventKind::kUnavailableAfter, slot, call, Most(call));
    }
    Arm(EventKind::kUnavailableBefore, slot, call, Most(call),
        dice_.OneIn(3) ? dice_.Between(2, 40) : 1);
  }

  void TransactionFault(int slot) {
    static constexpr EventKind kKinds[] = {
        EventKind::kAbortedBefore, EventKind::kAbortedBefore,
        EventKind::kAbortedAfter,  EventKind::kUnknownBefore,
        EventKind::kUnknownAfter,  EventKind::kFencedBefore,
        EventKind::kFencedAfter};
    const EventKind kind = dice_.Of(kKinds);
    SeamCall call = dice_.Of(kTransactionCalls);
    if (kind == EventKind::kAbortedBefore && dice_.OneIn(6)) {
      return Arm(kind, slot, SeamCall::kToken, 2);
    }
    if (kind >= EventKind::kFencedBefore && dice_.OneIn(3)) {
      Arm(EventKind::kUnknownAfter, slot, call, 1);
      return Arm(kind, slot, SeamCall::kOpenTransaction, 1);
    }
    // An abort of what has committed would be a lie.
    if (kind == EventKind::kAbortedAfter && call == SeamCall::kCommit) {
      call = SeamCall::kAddOffsets;
    }
    if (kind != EventKind::kAbortedBefore && dice_.OneIn(6)) {
      call = kind == EventKind::kAbortedAfter ? SeamCall::kBegin
                                              : SeamCall::kAbort;
      if (call == SeamCall::kAbort) {
        Arm(EventKind::kAbortedBefore, slot, SeamCall::kAddOffsets, 1);
      }
    }
    Arm(kind, slot, call, Most(call));
  }

  // Somewhere in a call, while the world goes on.
  void StandStill(int slot) {
    const SeamCall call = AnyCall();
    Arm(EventKind::kPause, slot, call, Most(call), dice_.Between(1, 7));
    Turns(slot);
    for (int64_t i = dice_.Below(3); i > 0; --i) AnyWorldEvent(Slot());
  }

  // Between a step and its repetition, its abort or the recovery from it.
  void LateAnswer(int slot) {
    SeamCall then = SeamCall::kCommit;
    switch (dice_.Below(4)) {
      case 0:
        Add({EventKind::kDelayEndTxn, slot, dice_.Below(2), 0,
             SeamCall::kCommit});
        break;
      case 1:
        Add({EventKind::kUnavailableAfter, slot, 1, 0, SeamCall::kCommit});
        break;
      case 2:
        Arm(EventKind::kAbortedBefore, slot, dice_.Of(kTransactionCalls), 1);
        then = SeamCall::kAbort;
        break;
      default:
        Arm(dice_.OneIn(2) ? EventKind::kUnknownBefore
                           : EventKind::kUnknownAfter,
            slot, dice_.Of(kTransactionCalls), 1);
        then = SeamCall::kOpenTransaction;
    }
    Event after{EventKind::kPause, slot, dice_.Between(1, 6), 0, then};
    after.nth = then == SeamCall::kCommit ? 2 : 1;
    switch (dice_.Below(4)) {
      case 0:
        after.kind = EventKind::kCrashBefore;
        break;
      case 1:
        after.kind = EventKind::kUnavailableBefore;
        break;
      default:
        break;
    }
    Add(after);
    Turns(slot);
    for (int64_t i = dice_.Below(3); i > 0; --i) AnyWorldEvent(Slot());
  }

  // The request to commit is repeated, and its first copy arrives when the next
  // transaction is half written.
  void LateEndTxn(int slot) {
    Add({EventKind::kDelayEndTxn, slot, 1, 0, SeamCall::kCommit});
    Event pause{EventKind::kPause, slot, 1, 0, SeamCall::kAddOffsets};
    pause.nth = 2;
    Add(pause);
    Turns(slot);
    Produce(8);
    Add({EventKind::kTurns, slot, 6, 400});
    Add({EventKind::kLateEndTxn});
  }

  // One that hangs between two steps while partitions come and go.
  void SlowRestore(int slot) {
    static constexpr SeamCall kSteps[] = {
        SeamCall::kCommitted, SeamCall::kEndOffset, SeamCall::kEndOffset,
        SeamCall::kRange};
    Add({EventKind::kExpire, slot});
    Arm(EventKind::kUnavailableBefore, slot, dice_.Of(kSteps), 1,
        dice_.Between(4, 12));
    Turns(slot);
    Turns(Slot());
    Add({EventKind::kReassign, 0, static_cast<int64_t>(dice_.Seed() >> 1)});
    Turns(slot);
    Turns(Slot());
  }

  void ComeOrGo(int slot) {
    static constexpr EventKind kKinds[] = {EventKind::kStop, EventKind::kKill,
                                           EventKind::kExpire};
    if (dice_.OneIn(3)) {  // after a commit or an abort that is given up
      const bool abort = dice_.OneIn(2);
      if (abort) Arm(EventKind::kAbortedBefore, slot, SeamCall::kAddOffsets, 1);
      Arm(EventKind::kUnavailableBefore, slot,
          abort ? SeamCall::kAbort : SeamCall::kCommit, 1, 40);
      Turns(slot);
    }
    Add({dice_.Of(kKinds), slot});
    Turns(Slot());
    Add({EventKind::kStart, slot});
  }

  void AnyWorldEvent(int slot) {
    const WorldEvent event = dice_.Of(kWorldEvents);
    Add({event.kind, slot, dice_.Between(event.least, event.most),
         static_cast<int64_t>(dice_.Seed() >> 1)});
  }

  Dice dice_;
  const Configuration& configuration_;
  Schedule schedule_;
};

}  // namespace

Schedule ScheduleOf(uint64_t seed, const Configuration& configuration) {
  return Writer(seed, configuration).Write();
}

}  // namespace exactmean
