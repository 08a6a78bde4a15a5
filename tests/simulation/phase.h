// Where a processor is in its commit or its restores: the columns of the table
// of what the simulation has met.

#ifndef EXACTMEAN_TESTS_SIMULATION_PHASE_H_
#define EXACTMEAN_TESTS_SIMULATION_PHASE_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/types.h"
#include "tests/fake_log/fault_plan.h"

namespace exactmean {

enum class Phase {
  kIdle,  // neither of the below
  // Of a commit: what was done last.
  kToken,
  kBegun,
  kWriting,
  kOffsetsAdded,
  kCommitSent,  // and not answered yet
  kAborting,
  kRecovering,  // the producer is to be opened anew
  // Of a partition's restore: what is done next.
  kCommitted,
  kEnd,
  kRead,
  kCommittedAgain,
  kProve,
};
constexpr int kPhases = static_cast<int>(Phase::kProve) + 1;

absl::string_view PhaseName(Phase phase);
inline bool IsRestorePhase(Phase phase) { return phase >= Phase::kCommitted; }

// A set of phases, one bit each.
using PhaseSet = uint32_t;
constexpr PhaseSet SetOf(Phase phase) {
  return PhaseSet{1} << static_cast<int>(phase);
}

// Follows one processor by the calls that it makes.
class PhaseTracker {
 public:
  void Enter(SeamCall call, absl::optional<Partition> partition);
  void Leave(absl::StatusCode outcome);

  void Assigned(absl::Span<const Partition> partitions);
  void Gone(absl::Span<const Partition> partitions);

  // Of the call being made: before it, and once it has had its effect.
  Phase before_call() const;
  Phase after_call() const;
  // The commit's, and that of each restore.
  PhaseSet all() const;

 private:
  bool InRestore() const;
  void LeaveTransaction(absl::StatusCode outcome);

  SeamCall call_ = SeamCall::kSubscribe;
  absl::optional<Partition> partition_;
  Phase commit_ = Phase::kIdle;
  std::map<Partition, Phase> restores_;  // of those that restore
  std::map<Partition, bool> held_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_PHASE_H_
