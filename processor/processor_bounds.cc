// Processor: a run over a part of the input ends where it should.

#include "glog/logging.h"
#include "processor/processor.h"

namespace exactmean {

absl::Status Processor::StepBounds(bool idle) {
  if (!bounds_.has_value()) return absl::OkStatus();
  for (auto& [partition, task] : tasks_) {
    if (!task->running() || task->ended) continue;
    if (!task->end.has_value()) {
      const absl::StatusOr<Offset> end = bounds_->EndOf(partition);
      if (!end.ok()) return end.status();
      task->end = *end;
    }
    bool ended = task->state().next_offset() >= *task->end;
    // The last offsets before the end may be markers, which Poll steps over
    // without a word.
    if (!ended && idle && task->flowing) {
      const absl::StatusOr<bool> nothing =
          bounds_->NothingLeft(partition, task->state().next_offset());
      if (!nothing.ok()) return nothing.status();
      ended = *nothing;
    }
    if (ended) End(task.get());
  }
  return absl::OkStatus();
}

void Processor::End(PartitionTask* task) {
  task->ended = true;
  LOG(INFO) << "partition " << task->partition() << " is done: all before "
            << "offset " << *task->end << " is folded in";
}

bool Processor::finished() const {
  if (!bounds_.has_value() || tasks_.empty() || must_recover_) return false;
  for (const auto& [partition, task] : tasks_) {
    if (!task->running() || !task->ended || task->state().changed()) {
      return false;
    }
  }
  return true;
}

}  // namespace exactmean
