// What shall go wrong in one simulated processor: errors and crashes at chosen
// calls of the seam, before or after their effect; and a count of the calls.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAULT_PLAN_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAULT_PLAN_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// Every method of processor/log.h that can reach the broker.
enum class SeamCall {
  kSubscribe,
  kPoll,
  kCommitted,
  kRange,
  kReadAt,
  kResumeAt,
  kPause,
  kToken,
  kDescribe,
  kCloseInput,
  kEndOffset,
  kOpenResults,
  kRead,
  kPosition,
  kCloseResults,
  kDescribeResults,
  kOpenTransaction,
  kBegin,
  kWrite,
  kAddOffsets,
  kCommit,
  kAbort,
  kCommitOffsets,
  kOffsetsCommitted,
};
constexpr int kSeamCalls = static_cast<int>(SeamCall::kOffsetsCommitted) + 1;

absl::string_view SeamCallName(SeamCall call);

// What goes wrong in one call.
struct Fault {
  enum class Kind { kNone, kFailBefore, kFailAfter, kCrashBefore, kCrashAfter };

  // The call has no effect and returns `status`.
  static Fault FailBefore(absl::Status status);
  // The call has its effect and returns `status` all the same, unless it failed
  // of itself. `status` must be one that the contract allows although the
  // effect took place: not kAborted of Commit, for one. Poll and Read keep the
  // records they would have delivered for their next call.
  static Fault FailAfter(absl::Status status);
  // The processor dies. Position and ResultsLog::Close, having no status,
  // cannot fail but can crash.
  static Fault CrashBefore();
  static Fault CrashAfter();

  Kind kind = Kind::kNone;
  absl::Status status;
};

// The plan of one processor, shared by its FakeInputLog, FakeResultsLog and
// FakeTransaction, which it must outlive. Once dead, every call on them returns
// CancelledError("crash") and has no effect: the test then discards them.
class FaultPlan {
 public:
  // Asked at each call that no other fault is set for; `nth` counts all calls
  // from 1. The place for a simulation's random choice.
  using Chooser = std::function<Fault(SeamCall call, int64_t nth)>;

  FaultPlan() = default;
  FaultPlan(const FaultPlan&) = delete;
  FaultPlan& operator=(const FaultPlan&) = delete;

  // At the `nth` of the calls of `call`, counted from 1.
  void Set(SeamCall call, int64_t nth, Fault fault);
  // At the `nth` of all calls, counted from 1: to enumerate a crash matrix.
  void SetAny(int64_t nth, Fault fault);
  void set_chooser(Chooser chooser) { chooser_ = std::move(chooser); }

  // The next Poll delivers up to `records` readable records of each resumed
  // partition a second time.
  void Redeliver(int records) { redeliver_ = records; }
  // While cut off, Poll delivers but neither hears of the group nor is heard by
  // it: the session runs out and the processor does not know.
  void CutOffFromGroup(bool cut_off) { cut_off_ = cut_off; }

  // Committed answers that there is no offset, as a group coordinator that has
  // just moved may do for a while (KAFKA-20416).
  void HideOffsets(bool hide) { hide_offsets_ = hide; }

  void Kill() { dead_ = true; }
  bool dead() const { return dead_; }

  int64_t calls(SeamCall call) const { return counts_[static_cast<int>(call)]; }
  int64_t calls() const { return total_; }
  // The latest call entered: names the point of a crash.
  SeamCall last_call() const { return last_call_; }

  // --- For the fakes.

  // Runs `effect`, which returns a Status or a StatusOr, as the next `call`.
  template <typename Effect>
  auto Run(SeamCall call, Effect effect) -> decltype(effect()) {
    const Fault fault = Enter(call);
    if (dead_) return Crash();
    if (fault.kind == Fault::Kind::kFailBefore) return fault.status;
    auto result = effect();
    if (fault.kind == Fault::Kind::kCrashAfter) dead_ = true;
    if (dead_) return Crash();
    if (fault.kind == Fault::Kind::kFailAfter && result.ok()) {
      return fault.status;
    }
    return result;
  }
  // For calls without a status: whether the effect shall take place.
  bool RunsWithoutStatus(SeamCall call);
  int TakeRedelivery() { return std::exchange(redeliver_, 0); }
  bool cut_off_from_group() const { return cut_off_; }
  bool hides_offsets() const { return hide_offsets_; }

 private:
  static absl::Status Crash() { return absl::CancelledError("crash"); }
  // Counts the call; the fault that meets it. A crash before has happened.
  Fault Enter(SeamCall call);
  Fault Choose(SeamCall call);

  std::map<std::pair<SeamCall, int64_t>, Fault> faults_;
  std::map<int64_t, Fault> any_faults_;
  Chooser chooser_;
  std::array<int64_t, kSeamCalls> counts_{};
  int64_t total_ = 0;
  SeamCall last_call_ = SeamCall::kSubscribe;
  int redeliver_ = 0;
  bool cut_off_ = false;
  bool hide_offsets_ = false;
  bool dead_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAULT_PLAN_H_
