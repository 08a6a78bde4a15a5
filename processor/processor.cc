// Processor: the run loop, and what follows from each outcome of a commit.

#include "processor/processor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/digest.h"

namespace exactmean {
namespace {

constexpr absl::Duration kLongestPoll = absl::Milliseconds(100);
constexpr absl::Duration kOpenPatience = absl::Seconds(10);

absl::Status Fenced(const absl::Status& why) {
  return Stop(StopReason::kFenced,
              absl::StrCat("fenced: another process works under this instance "
                           "id. Give every process an --instance_id of its "
                           "own. (",
                           why.message(), ")"));
}

}  // namespace

Processor::Processor(const Pipeline* pipeline, InputLog* input,
                     ResultsLog* results, Transaction* transaction,
                     RecordHandler* handler, Clock* clock,
                     ProcessorOptions options)
    : pipeline_(pipeline),
      input_(input),
      results_(results),
      transaction_(transaction),
      handler_(handler),
      clock_(clock),
      options_(options),
      committer_(pipeline, input, transaction, clock, options.commit),
      last_commit_(clock->Now()),
      failure_backoff_(absl::Milliseconds(20), absl::Seconds(2)) {}

absl::Status Processor::Start() {
  const absl::Status opened =
      RetryUnavailable(clock_, options_.unreachable_deadline,
                       [this] { return transaction_->Open(kOpenPatience); });
  if (absl::IsFailedPrecondition(opened)) return Fenced(opened);
  if (absl::IsUnavailable(opened)) {
    return Stop(StopReason::kUnreachable, opened.message());
  }
  if (!opened.ok()) return opened;
  return input_->Subscribe(this);
}

absl::Status Processor::RunOnce() {
  const absl::Status status = Turn();
  failed_ = !status.ok();
  return status;
}

absl::Status Processor::Turn() {
  const auto batch = input_->Poll(PollTimeout());
  if (absl::IsFailedPrecondition(batch.status())) return Fenced(batch.status());
  if (absl::IsOutOfRange(batch.status())) {
    return Stop(StopReason::kState,
                absl::StrCat(batch.status().message(),
                             ": input records were deleted before they were "
                             "read. Lengthen the input's retention"));
  }
  if (!batch.ok()) return Tolerate(batch.status());
  absl::Status status = FoldBatch(*batch);
  if (!status.ok()) {
    // What came before a bad record is right, and worth keeping.
    if (ReasonOf(status) == StopReason::kBadRecord) {
      const absl::Status kept = Commit();
      if (!kept.ok()) LOG(WARNING) << "the last commit failed: " << kept;
    }
    return status;
  }
  if (!listener_error_.ok()) return listener_error_;
  if (must_recover_) return Tolerate(Recover());
  status = StepRestores();
  if (status.ok()) status = ReconcileFlow();
  if (status.ok()) status = CommitIfDue();
  return Tolerate(status);
}

absl::Duration Processor::PollTimeout() {
  if (must_recover_ || anything_restoring()) return absl::ZeroDuration();
  if (!anything_changed()) return kLongestPoll;
  const absl::Time now = clock_->Now();
  const absl::Duration due = std::max(
      options_.commit_policy.TimeLeft(now - last_commit_), not_before_ - now);
  return std::min(std::max(due, absl::ZeroDuration()), kLongestPoll);
}

absl::Status Processor::FoldBatch(absl::Span<const LogRecord> batch) {
  PartitionTask* task = nullptr;
  const LogRecord* last = nullptr;  // folded into `task`
  absl::Status status;
  const auto set_anchor = [&] {
    if (last == nullptr) return;
    task->state().SetAnchor(
        {last->offset, last->timestamp_ms,
         RecordHash(last->key.value_or(""), last->value.value_or(""))});
    last = nullptr;
  };
  for (const LogRecord& record : batch) {
    if (task == nullptr || task->partition() != record.partition) {
      set_anchor();
      const auto it = tasks_.find(record.partition);
      task = it == tasks_.end() ? nullptr : it->second.get();
    }
    // Fetched before the partition was paused or taken away.
    if (task == nullptr || !task->running() || !task->flowing) continue;
    // Delivered twice.
    if (record.offset < task->state().next_offset()) continue;
    status = handler_->Handle(record, &task->state());
    if (!status.ok()) break;
    last = &record;
    ++records_;
    ++records_since_commit_;
  }
  set_anchor();
  return status;
}

absl::Status Processor::StepRestores() {
  if (!anything_restoring()) return absl::OkStatus();
  bool reading = false;
  for (auto& [partition, task] : tasks_) {
    reading |= !task->running() && task->restorer().reading();
  }
  if (reading) {
    const auto records = results_->Read(absl::Milliseconds(10));
    if (!records.ok()) return records.status();
    for (const LogRecord& record : *records) {
      const auto it = tasks_.find(record.partition);
      if (it == tasks_.end() || it->second->running()) continue;
      const absl::Status accepted = it->second->AcceptResult(record);
      if (!accepted.ok()) return accepted;
    }
  }
  absl::Status trouble;
  for (auto& [partition, task] : tasks_) {
    if (task->running()) continue;
    const absl::Status status = task->StepRestore(clock_->Now());
    if (!status.ok() && !absl::IsUnavailable(status)) return status;
    trouble.Update(status);
  }
  return trouble;
}

absl::Status Processor::ReconcileFlow() {
  for (auto& [partition, task] : tasks_) {
    if (task->running() == task->flowing) continue;
    const absl::Status status =
        task->running()
            ? input_->ResumeAt(partition, task->state().next_offset())
            : input_->Pause(partition);
    if (!status.ok()) return status;
    task->flowing = task->running();
  }
  return absl::OkStatus();
}

absl::Status Processor::CommitIfDue() {
  const absl::Time now = clock_->Now();
  if (now < not_before_ || !anything_changed() ||
      !options_.commit_policy.IsDue(records_since_commit_,
                                    now - last_commit_)) {
    return absl::OkStatus();
  }
  return Commit();
}

absl::Status Processor::Commit() {
  std::vector<PartitionState*> states;
  for (auto& [partition, task] : tasks_) {
    if (task->running() && task->state().changed()) {
      states.push_back(&task->state());
    }
  }
  if (states.empty() || must_recover_ || failed_) return absl::OkStatus();
  return AfterCommit(committer_.Commit(states));
}

absl::Status Processor::AfterCommit(const absl::Status& outcome) {
  last_commit_ = clock_->Now();
  if (outcome.ok()) {
    records_since_commit_ = 0;
    failures_in_row_ = 0;
    failure_backoff_.Reset();
    return outcome;
  }
  if (IsStop(outcome)) return outcome;
  if (++failures_in_row_ >= options_.max_failures) {
    return Stop(StopReason::kUnreachable,
                absl::StrCat(failures_in_row_,
                             " commits in a row have failed; the last: ",
                             outcome.message()));
  }
  if (absl::IsAborted(outcome)) {
    LOG_EVERY_N(WARNING, 10) << "a commit was aborted; its keys go out with "
                                "the next: "
                             << outcome.message();
    not_before_ = last_commit_ + failure_backoff_.Next();
    return absl::OkStatus();
  }
  if (absl::IsFailedPrecondition(outcome)) {
    if (last_commit_ - last_fenced_ < options_.fenced_again_within) {
      return Fenced(outcome);
    }
    last_fenced_ = last_commit_;
  } else if (!absl::IsUnknown(outcome)) {
    return outcome;
  }
  LOG(WARNING) << "the outcome of a commit is unknown; the results topic will "
                  "tell: restoring all partitions ("
               << outcome.message() << ")";
  must_recover_ = true;
  return absl::OkStatus();
}

// After this nothing of ours is undecided, and no task holds a state that the
// log may not have.
absl::Status Processor::Recover() {
  const absl::Status opened = transaction_->Open(kOpenPatience);
  if (absl::IsFailedPrecondition(opened)) return Fenced(opened);
  if (!opened.ok()) return opened;
  for (auto& [partition, task] : tasks_) task->Restart();
  records_since_commit_ = 0;
  ++recoveries_;
  must_recover_ = false;
  return ReconcileFlow();
}

// Passing trouble is waited out, up to the deadline; all else is final.
absl::Status Processor::Tolerate(const absl::Status& status) {
  const absl::Time now = clock_->Now();
  if (status.ok()) {
    trouble_since_ = absl::InfiniteFuture();
    return status;
  }
  if (absl::IsPermissionDenied(status) || absl::IsNotFound(status)) {
    return Stop(StopReason::kConfig, status.message());
  }
  if (!absl::IsUnavailable(status)) return status;
  trouble_since_ = std::min(trouble_since_, now);
  if (now - trouble_since_ >= options_.unreachable_deadline) {
    return Stop(StopReason::kUnreachable,
                absl::StrCat("nothing has succeeded for ",
                             absl::FormatDuration(absl::Trunc(
                                 now - trouble_since_, absl::Seconds(1))),
                             ": ", status.message()));
  }
  LOG_EVERY_N(WARNING, 50) << "waiting: " << status.message();
  clock_->Sleep(absl::Milliseconds(20));
  return absl::OkStatus();
}

void Processor::OnAssigned(absl::Span<const Partition> partitions) {
  for (Partition partition : partitions) {
    LOG(INFO) << "assigned: partition " << partition;
    tasks_[partition] = std::make_unique<PartitionTask>(
        pipeline_, partition, input_, results_, options_.restore);
  }
}

void Processor::OnRevoked(absl::Span<const Partition> partitions) {
  const absl::Status status = Commit();
  if (!status.ok() && listener_error_.ok()) listener_error_ = status;
  for (Partition partition : partitions) {
    LOG(INFO) << "revoked: partition " << partition;
    tasks_.erase(partition);
  }
}

void Processor::OnLost(absl::Span<const Partition> partitions) {
  for (Partition partition : partitions) {
    LOG(WARNING) << "lost: partition " << partition
                 << " is another member's by now; what was not committed of it "
                    "is dropped";
    tasks_.erase(partition);
  }
}

absl::Status Processor::Shutdown() {
  absl::Status status = Commit();
  if (status.ok() && must_recover_) {
    status = absl::UnknownError("the outcome of the last commit is unknown");
  }
  status.Update(input_->Close());
  status.Update(listener_error_);
  return status;
}

bool Processor::anything_restoring() const {
  return std::any_of(tasks_.begin(), tasks_.end(),
                     [](const auto& task) { return !task.second->running(); });
}

bool Processor::anything_changed() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [](const auto& task) {
    return task.second->running() && task.second->state().changed();
  });
}

ProcessorStats Processor::stats() const {
  ProcessorStats stats;
  stats.records = records_;
  stats.commits = committer_.commits();
  stats.aborts = committer_.aborts();
  stats.recoveries = recoveries_;
  return stats;
}

}  // namespace exactmean
