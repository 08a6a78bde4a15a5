// RunWorker and StatusReporter.

#include "processor/worker.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/stop.h"

namespace exactmean {

StatusReporter::StatusReporter(std::string name, const Processor* processor,
                               InputLog* input, Clock* clock,
                               absl::Duration every)
    : name_(std::move(name)),
      processor_(processor),
      input_(input),
      clock_(clock),
      every_(every),
      last_(clock->Now()) {}

void StatusReporter::MaybeLog() {
  if (!begun_ && processor_->stats().records > 0) {
    begun_ = true;
    LOG(INFO) << name_ << ": the first records are folded in";
  }
  const absl::Time now = clock_->Now();
  if (now - last_ < every_) return;
  LOG(INFO) << name_ << ": " << Line(now - last_);
  for (const auto& [partition, task] : processor_->tasks()) {
    LOG_IF(WARNING, task->retry.pending())
        << name_ << ": partition " << partition << " is stuck "
        << task->retry.Describe(now);
    if (task->running()) continue;
    LOG(INFO) << name_ << ": restoring partition " << partition << ": "
              << task->restorer().Describe(now);
  }
  last_ = now;
  last_stats_ = processor_->stats();
}

// Records not yet folded in; markers count, so it may stay at a few.
std::string StatusReporter::Lag() {
  int64_t lag = 0;
  bool known = false;
  for (const auto& [partition, task] : processor_->tasks()) {
    if (!task->running()) continue;
    const auto range = input_->Range(partition);
    if (!range.ok()) return "unknown";
    known = true;
    lag += range->high.value() - task->state().next_offset().value();
  }
  return known ? absl::StrCat(lag) : "-";
}

std::string StatusReporter::Line(absl::Duration since_last) {
  const ProcessorStats stats = processor_->stats();
  size_t keys = 0, dirty = 0, running = 0, stuck = 0;
  uint64_t skipped = 0, dead = 0, filtered = 0, waiting = 0;
  for (const auto& [partition, task] : processor_->tasks()) {
    if (!task->running()) continue;
    ++running;
    keys += task->state().live_keys();
    dirty += task->state().dirty_keys();
    skipped += task->state().dispositions().skipped();
    dead += task->state().dispositions().dead_lettered();
    filtered += task->state().dispositions().filtered();
    stuck += task->retry.pending() ? 1 : 0;
    waiting += task->state().retries().waiting();
  }
  std::string of_step;
  if (filtered > 0) of_step = absl::StrCat(", ", filtered, " filtered");
  if (waiting > 0) {
    absl::StrAppend(&of_step, "; ", waiting, " wait in retry topics");
  }
  if (stuck > 0) absl::StrAppend(&of_step, "; ", stuck, " partitions stuck");
  return absl::StrFormat(
      "%.0f records/s, lag %s, %d keys (%d dirty), %d of %d partitions "
      "running, %d commits, %d aborts, %d recoveries; of all their records %d "
      "bad and skipped, %d dead-lettered%s",
      static_cast<double>(stats.records - last_stats_.records) /
          absl::ToDoubleSeconds(since_last),
      Lag(), keys, dirty, running, processor_->tasks().size(), stats.commits,
      stats.aborts, stats.recoveries, skipped, dead, of_step);
}

absl::Status RunWorker(Processor* processor, StatusReporter* reporter,
                       Heartbeat* heartbeat, const std::atomic<bool>* stop) {
  absl::Status status;
  while (status.ok() && !*stop && !processor->finished()) {
    heartbeat->Beat();
    status = processor->RunOnce();
    reporter->MaybeLog();
  }
  heartbeat->Beat();
  const bool whole = !processor->bounded() || processor->finished();
  const absl::Status left = processor->Shutdown();
  status.Update(left);
  if (status.ok() && !whole) {
    status =
        Stop(StopReason::kIncomplete,
             "stopped before the end of the run; the same command goes on");
  }
  heartbeat->End();
  return status;
}

}  // namespace exactmean
