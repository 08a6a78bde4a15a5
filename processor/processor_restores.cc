// Processor: how its partitions are restored, and in which order.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "processor/processor.h"

namespace exactmean {
namespace {

// After so long a turn begins no further step of a restore: each may wait for
// an answer that does not come, and polls, commits and the watchdog must not
// wait for all of them.
constexpr absl::Duration kRestoreTurn = absl::Milliseconds(200);

// A restore that has had nothing to read for so long does not hold up the next.
constexpr absl::Duration kYieldsAfter = absl::Milliseconds(200);

}  // namespace

absl::Status Processor::ReadResults() {
  const bool reading =
      std::any_of(tasks_.begin(), tasks_.end(), [](const auto& task) {
        return !task.second->running() && task.second->restorer().reading();
      });
  results_flow_ = false;
  if (!reading) return absl::OkStatus();
  const auto records = results_->Read(absl::Milliseconds(10));
  if (!records.ok()) return records.status();
  results_flow_ = !records->empty();
  for (size_t i = 0; i < records->size(); ++i) {
    const LogRecord& record = (*records)[i];
    if (i % kExpectedTogether == 0) {
      Expect(records->subspan(i, kExpectedTogether));
    }
    const auto it = tasks_.find(record.partition);
    if (it == tasks_.end() || it->second->running()) continue;
    const absl::Status accepted = it->second->AcceptResult(record);
    if (!accepted.ok()) return accepted;
  }
  return absl::OkStatus();
}

absl::Status Processor::StepRestores() {
  if (!anything_restoring()) return absl::OkStatus();
  const absl::Status read = ReadResults();
  if (!read.ok()) return read;
  // First those that read: how far they are decides whether others may.
  absl::Status trouble = StepRestores(/*waiting=*/false);
  if (!trouble.ok() && !absl::IsUnavailable(trouble)) return trouble;
  const absl::Status begun = StepRestores(/*waiting=*/true);
  if (!begun.ok() && !absl::IsUnavailable(begun)) return begun;
  trouble.Update(begun);
  return trouble;
}

absl::Status Processor::StepRestores(bool waiting) {
  absl::Status trouble;
  const absl::Time end = clock_->Now() + kRestoreTurn;
  auto next = tasks_.upper_bound(last_stepped_);
  for (size_t left = tasks_.size(); left > 0; --left, ++next) {
    if (next == tasks_.end()) next = tasks_.begin();
    PartitionTask& task = *next->second;
    if (task.running() || task.restorer().waiting() != waiting) continue;
    const absl::Time now = clock_->Now();
    if (now >= end) break;
    if (!waiting) last_stepped_ = next->first;
    const absl::Status status =
        task.StepRestore(now, waiting && may_read(task.restorer(), now));
    if (!status.ok() && !absl::IsUnavailable(status)) return status;
    trouble.Update(status);
  }
  return trouble;
}

bool Processor::may_read(const Restorer& restorer, absl::Time now) const {
  if (restorer.RecordsLeft() <= options_.restore_overlap) return true;
  int64_t ahead = 0;
  for (const auto& [partition, task] : tasks_) {
    if (task->running() || !task->restorer().reading()) continue;
    if (task->restorer().Idle(now) >= kYieldsAfter) continue;
    ahead += task->restorer().RecordsLeft();
  }
  return ahead <= options_.restore_overlap;
}

bool Processor::anything_restoring() const {
  return std::any_of(tasks_.begin(), tasks_.end(),
                     [](const auto& task) { return !task.second->running(); });
}

}  // namespace exactmean
