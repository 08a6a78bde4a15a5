// PhaseTracker.

#include "tests/simulation/phase.h"

namespace exactmean {
namespace {

// What a call that succeeds leads to; nullopt: it is no step of a commit.
absl::optional<Phase> CommitStep(SeamCall call) {
  switch (call) {
    case SeamCall::kToken:
      return Phase::kToken;
    case SeamCall::kBegin:
      return Phase::kBegun;
    case SeamCall::kWrite:
      return Phase::kWriting;
    case SeamCall::kAddOffsets:
      return Phase::kOffsetsAdded;
    case SeamCall::kCommit:
      return Phase::kCommitSent;
    case SeamCall::kAbort:
    case SeamCall::kOpenTransaction:
      return Phase::kIdle;
    default:
      return absl::nullopt;
  }
}

}  // namespace

absl::string_view PhaseName(Phase phase) {
  static constexpr absl::string_view kNames[kPhases] = {
      "idle",    "token", "begun", "writing", "offsets", "sent",  "aborting",
      "recover", "group", "end",   "read",    "group2",  "prove",
  };
  return kNames[static_cast<int>(phase)];
}

bool PhaseTracker::InRestore() const {
  return partition_.has_value() && restores_.count(*partition_) > 0;
}

void PhaseTracker::Enter(SeamCall call, absl::optional<Partition> partition) {
  call_ = call;
  partition_ = partition;
  if (call == SeamCall::kAbort && commit_ != Phase::kIdle) {
    commit_ = Phase::kAborting;
  }
  if (!InRestore()) return;
  Phase& phase = restores_[*partition];
  // Asked once more after the state was read.
  if (call == SeamCall::kCommitted && phase == Phase::kProve) {
    phase = Phase::kCommittedAgain;
  } else if (call == SeamCall::kRange) {
    phase = Phase::kProve;
  }
}

void PhaseTracker::Leave(absl::StatusCode outcome) {
  if (CommitStep(call_).has_value()) {
    LeaveTransaction(outcome);
  } else if (InRestore() && outcome == absl::StatusCode::kOk) {
    Phase& phase = restores_[*partition_];
    if (call_ == SeamCall::kCommitted && phase == Phase::kCommitted) {
      phase = Phase::kEnd;
    } else if (call_ == SeamCall::kEndOffset && phase != Phase::kEnd) {
      phase = Phase::kCommitted;  // not believed: the restore starts over
    } else if (call_ == SeamCall::kOpenResults) {
      phase = Phase::kRead;
    } else if (call_ == SeamCall::kCloseResults) {
      phase = Phase::kProve;
    } else if (call_ == SeamCall::kResumeAt) {
      restores_.erase(*partition_);
    }
  }
  call_ = SeamCall::kPoll;
  partition_.reset();
}

void PhaseTracker::LeaveTransaction(absl::StatusCode outcome) {
  switch (outcome) {
    case absl::StatusCode::kOk:
      if (call_ == SeamCall::kOpenTransaction) {
        for (const auto& [partition, held] : held_) {
          restores_[partition] = Phase::kCommitted;
        }
      }
      commit_ = call_ == SeamCall::kCommit ? Phase::kIdle : *CommitStep(call_);
      return;
    case absl::StatusCode::kUnavailable:
      if (call_ == SeamCall::kCommit) commit_ = Phase::kCommitSent;
      return;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kFailedPrecondition:
      commit_ = Phase::kRecovering;
      return;
    default:
      // The first one has nothing to abort yet.
      commit_ = commit_ == Phase::kIdle ? Phase::kIdle : Phase::kAborting;
  }
}

void PhaseTracker::Assigned(absl::Span<const Partition> partitions) {
  for (const Partition partition : partitions) {
    held_[partition] = true;
    restores_[partition] = Phase::kCommitted;
  }
}

void PhaseTracker::Gone(absl::Span<const Partition> partitions) {
  for (const Partition partition : partitions) {
    held_.erase(partition);
    restores_.erase(partition);
  }
}

Phase PhaseTracker::before_call() const {
  if (CommitStep(call_).has_value()) return commit_;
  if (InRestore()) return restores_.at(*partition_);
  // Read is of all restores, Poll and the like of none, nor of a commit.
  return call_ == SeamCall::kRead ? Phase::kRead : Phase::kIdle;
}

Phase PhaseTracker::after_call() const {
  if (CommitStep(call_).has_value()) return *CommitStep(call_);
  if (!InRestore()) return before_call();
  PhaseTracker after = *this;
  after.Leave(absl::StatusCode::kOk);
  const auto found = after.restores_.find(*partition_);
  return found == after.restores_.end() ? Phase::kIdle : found->second;
}

PhaseSet PhaseTracker::all() const {
  PhaseSet all = commit_ == Phase::kIdle ? 0 : SetOf(commit_);
  for (const auto& [partition, phase] : restores_) all |= SetOf(phase);
  return all == 0 ? SetOf(Phase::kIdle) : all;
}

}  // namespace exactmean
