// Processor: a run over a part of the input ends where it should.

#include <cstdint>
#include <vector>

#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/processor.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kOthersEvery = absl::Seconds(1);

}  // namespace

absl::Status Processor::StepBounds(bool idle) {
  if (!bounds_.has_value()) return absl::OkStatus();
  for (auto& [partition, task] : tasks_) {
    if (!task->running() || task->ended) continue;
    const absl::Status found = FindEnd(task.get());
    if (!found.ok()) return found;
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
  return LookAtOthers();
}

// Whoever leaves before all is done could not take over from a process that
// dies: its partitions would be left where they are, and nobody would know.
absl::Status Processor::LookAtOthers() {
  others_done_ = false;
  if (!own_done()) return absl::OkStatus();
  std::vector<Partition> others;
  for (int32_t p = 0; p < pipeline_->identity.input_partitions; ++p) {
    if (tasks_.count(Partition(p)) == 0) others.emplace_back(p);
  }
  const absl::Time now = clock_->Now();
  if (!others.empty() && now < others_due_) return absl::OkStatus();
  others_due_ = now + kOthersEvery;
  for (const Partition partition : others) {
    const absl::StatusOr<bool> committed = bounds_->IsCommitted(partition);
    if (!committed.ok()) return committed.status();
    if (*committed) continue;
    LOG_EVERY_T(INFO, 10) << "all is done here; partition " << partition
                          << " is another process's, and is waited for: if "
                             "that one dies, it comes here";
    return absl::OkStatus();
  }
  others_done_ = true;
  return absl::OkStatus();
}

absl::Status Processor::FindEnd(PartitionTask* task) {
  if (task->end.has_value()) return absl::OkStatus();
  const Offset next = task->state().next_offset();
  absl::StatusOr<Offset> end = bounds_->EndOf(task->partition());
  if (end.ok() && *end < next) {
    bounds_->Forget(task->partition());
    end = bounds_->EndOf(task->partition());
  }
  if (!end.ok()) return end.status();
  if (*end < next) {
    return Stop(StopReason::kConfig,
                absl::StrFormat(
                    "the run is to end before offset %d of partition %d, but "
                    "it is at %d already: --from lies behind --to, the records "
                    "are deleted, or the results are those of another run, "
                    "which this one must not share a topic with",
                    end->value(), task->partition().value(), next.value()));
  }
  task->end = *end;
  return absl::OkStatus();
}

void Processor::End(PartitionTask* task) {
  task->ended = true;
  LOG(INFO) << "partition " << task->partition() << " is done: all before "
            << "offset " << *task->end << " is folded in";
}

bool Processor::finished() const { return others_done_ && own_done(); }

bool Processor::own_done() const {
  if (!bounds_.has_value() || tasks_.empty() || must_recover_ ||
      committer_.busy()) {
    return false;
  }
  for (const auto& [partition, task] : tasks_) {
    if (!task->running() || !task->ended || task->state().changed()) {
      return false;
    }
  }
  return true;
}

}  // namespace exactmean
