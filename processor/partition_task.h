// The life of one assigned partition: restore, then run.

#ifndef EXACTMEAN_PROCESSOR_PARTITION_TASK_H_
#define EXACTMEAN_PROCESSOR_PARTITION_TASK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "processor/record_retry.h"
#include "processor/restorer.h"
#include "processor/start_position.h"
#include "state/partition_state.h"

namespace exactmean {

//   kRestoring ──▶ kRunning
//        ▲            │
//        └────────────┘  the outcome of a commit is unknown
//
// A task ends by being destroyed: revoked, lost, or the process stops.
enum class TaskState { kRestoring, kRunning };

bool IsValidTransition(TaskState from, TaskState to);
absl::string_view ToString(TaskState state);

// The source of truth of what a partition is doing, and the owner of its state.
// Confined to the worker's run loop.
class PartitionTask {
 public:
  // All outlive this object.
  PartitionTask(const Pipeline* pipeline, Partition partition, InputLog* input,
                ResultsLog* results, RestoreOptions options);

  Partition partition() const { return partition_; }
  bool running() const { return task_state_ == TaskState::kRunning; }
  PartitionState& state() { return *state_; }
  const PartitionState& state() const { return *state_; }

  // REQUIRES: restoring.
  const Restorer& restorer() const { return *restorer_; }
  absl::Status AcceptResult(const LogRecord& record) {
    return restorer_->Accept(record);
  }
  // Goes on restoring, as Restorer::Step; kRunning when done. kUnavailable:
  // call again later. A Stop names the partition.
  absl::Status StepRestore(absl::Time now, bool may_read);

  // Where the results partition ends, if nobody else has written to it since
  // the restore. REQUIRES: running.
  Offset results_end() const { return results_end_; }
  // `records` more were written to it.
  void Wrote(int64_t records) {
    results_end_ = Offset(results_end_.value() + records);
  }

  // Drops the state and starts over from the results topic. From any state.
  void Restart();

  // Is Poll delivering it? Kept by Processor::ReconcileFlow alone.
  bool flowing = false;
  // Poll has delivered what was not folded in: nothing more is, until
  // ReconcileFlow has brought it back to the state's next offset.
  bool ahead = false;

  // Of the record at the state's next offset, if the step cannot tell of it.
  RecordRetry retry;

  // Are the retry topics read for it? Kept by Processor.
  bool retries_begun = false;

  // Of a run over a part of the input, once it is known: where it ends, and
  // whether all before it is folded in. Kept by Processor.
  absl::optional<Offset> end;
  bool ended = false;

 private:
  void Become(TaskState to);
  void RestartAfter(bool incomplete);
  absl::Status Named(const absl::Status& stop) const;
  // After a restore that was aborted: is what it found to be believed now?
  absl::Status Refused(absl::Time now);
  // What was proven of the state that a restore came to, for its log line.
  std::string Proof(const StartPosition& start) const;

  const Pipeline* const pipeline_;
  const Partition partition_;
  InputLog* const input_;
  ResultsLog* const results_;
  RestoreOptions options_;

  TaskState task_state_ = TaskState::kRestoring;
  std::unique_ptr<PartitionState> state_;
  std::unique_ptr<Restorer> restorer_;  // null when running
  // Since then no restore has succeeded, as what was read is refused, and
  // somebody writes meanwhile.
  absl::Time refused_since_ = absl::InfiniteFuture();
  Offset results_end_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PARTITION_TASK_H_
