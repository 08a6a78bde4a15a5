// Counts the calls of the seam and finds the fault that meets each.

#include "tests/fake_log/fault_plan.h"

namespace exactmean {

absl::string_view SeamCallName(SeamCall call) {
  static constexpr absl::string_view kNames[kSeamCalls] = {
      "InputLog::Subscribe",     "InputLog::Poll",
      "InputLog::Committed",     "InputLog::Range",
      "InputLog::ReadAt",        "InputLog::ResumeAt",
      "InputLog::Pause",         "InputLog::Token",
      "InputLog::Describe",      "InputLog::Close",
      "ResultsLog::EndOffset",   "ResultsLog::Open",
      "ResultsLog::Read",        "ResultsLog::Position",
      "ResultsLog::Close",       "ResultsLog::Describe",
      "Transaction::Open",       "Transaction::Begin",
      "Transaction::Write",      "Transaction::AddOffsets",
      "Transaction::Commit",     "Transaction::Abort",
      "InputLog::CommitOffsets", "InputLog::OffsetsCommitted",
  };
  return kNames[static_cast<int>(call)];
}

Fault Fault::FailBefore(absl::Status status) {
  return {Kind::kFailBefore, std::move(status)};
}
Fault Fault::FailAfter(absl::Status status) {
  return {Kind::kFailAfter, std::move(status)};
}
Fault Fault::CrashBefore() { return {Kind::kCrashBefore, absl::OkStatus()}; }
Fault Fault::CrashAfter() { return {Kind::kCrashAfter, absl::OkStatus()}; }

void FaultPlan::Set(SeamCall call, int64_t nth, Fault fault) {
  faults_[{call, nth}] = std::move(fault);
}

void FaultPlan::SetAny(int64_t nth, Fault fault) {
  any_faults_[nth] = std::move(fault);
}

Fault FaultPlan::Choose(SeamCall call) {
  if (!faults_.empty()) {
    const auto found = faults_.find({call, calls(call)});
    if (found != faults_.end()) return found->second;
  }
  if (!any_faults_.empty()) {
    const auto found = any_faults_.find(total_);
    if (found != any_faults_.end()) return found->second;
  }
  return chooser_ ? chooser_(call, total_) : Fault();
}

Fault FaultPlan::Enter(SeamCall call) {
  if (dead_) return Fault();
  ++counts_[static_cast<int>(call)];
  ++total_;
  last_call_ = call;
  Fault fault = Choose(call);
  if (fault.kind == Fault::Kind::kCrashBefore) dead_ = true;
  return fault;
}

bool FaultPlan::RunsWithoutStatus(SeamCall call) {
  const Fault fault = Enter(call);
  if (dead_) return false;
  dead_ = fault.kind == Fault::Kind::kCrashAfter;
  return true;
}

}  // namespace exactmean
