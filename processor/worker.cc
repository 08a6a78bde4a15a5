// RunWorker and StatusReporter.

#include "processor/worker.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/burst.h"
#include "processor/clock.h"
#include "processor/free_memory.h"
#include "processor/stop.h"
#include "state/counts.h"

namespace exactmean {

StatusReporter::StatusReporter(std::string name, const Processor* processor,
                               InputLog* input, Clock* clock,
                               absl::Duration every, Publisher publish)
    : name_(std::move(name)),
      processor_(processor),
      input_(input),
      clock_(clock),
      every_(every),
      publish_(std::move(publish)),
      last_(clock->Now()) {}

void StatusReporter::MaybeLog() {
  if (!begun_ && processor_->stats().records > 0) {
    begun_ = true;
    LOG(INFO) << name_ << ": the first records are folded in";
  }
  const absl::Time now = clock_->Now();
  if (now - last_ < every_) return;
  WorkerReport report = Report();
  LOG(INFO) << name_ << ": " << Line(report, now - last_);
  for (const auto& [partition, task] : processor_->tasks()) {
    LOG_IF(WARNING, task->retry.pending())
        << name_ << ": partition " << partition << " is stuck "
        << task->retry.Describe(now);
    if (task->running()) continue;
    LOG(INFO) << name_ << ": restoring partition " << partition << ": "
              << task->restorer().Describe(now);
  }
  last_ = now;
  last_records_ = report.records;
  if (publish_ != nullptr) publish_(std::move(report));
}

WorkerReport StatusReporter::Report() const {
  const ProcessorStats stats = processor_->stats();
  WorkerReport report;
  report.records = stats.records;
  report.commits = stats.commits;
  report.aborts = stats.aborts;
  report.recoveries = stats.recoveries;
  const absl::Time now = clock_->Now();
  // Each question may wait for an answer, and the worker with it: after one
  // that had none no other is asked.
  bool answers = true;
  for (const auto& [partition, task] : processor_->tasks()) {
    report.partitions.emplace_back();
    PartitionReport& of = report.partitions.back();
    of.partition = partition;
    of.running = task->running();
    if (!of.running) continue;
    const PartitionState& state = task->state();
    of.next = state.next_offset();
    // Records not yet folded in; markers count, so it may stay at a few.
    if (answers) {
      const auto range = input_->Range(partition);
      answers = range.ok();
      if (answers) of.lag = range->high.value() - of.next.value();
    }
    of.keys = state.live_keys();
    of.dirty = state.dirty_keys();
    of.dispositions = state.dispositions();
    of.waiting = state.retries().waiting();
    if (!task->retry.pending()) continue;
    of.stuck_tries = task->retry.tries();
    of.stuck_for = now - task->retry.since();
  }
  return report;
}

std::string StatusReporter::Line(const WorkerReport& report,
                                 absl::Duration since_last) const {
  size_t keys = 0, dirty = 0, running = 0, stuck = 0;
  uint64_t skipped = 0, dead = 0, filtered = 0, waiting = 0;
  int64_t lag = 0;
  bool lag_known = true;
  for (const PartitionReport& of : report.partitions) {
    if (!of.running) continue;
    ++running;
    lag += of.lag.value_or(0);
    lag_known &= of.lag.has_value();
    keys += of.keys;
    dirty += of.dirty;
    skipped += of.dispositions.skipped();
    dead += of.dispositions.dead_lettered();
    filtered += of.dispositions.filtered();
    stuck += of.stuck_tries > 0 ? 1 : 0;
    waiting += of.waiting;
  }
  std::string of_step;
  if (filtered > 0) of_step = absl::StrCat(", ", filtered, " filtered");
  if (waiting > 0) {
    absl::StrAppend(&of_step, "; ", waiting, " wait in retry topics");
  }
  if (stuck > 0) {
    absl::StrAppend(&of_step, "; ", Plural(stuck, "partition"), " stuck");
  }
  return absl::StrFormat(
      "%.0f records/s, lag %s, %s (%d dirty), %d of %d partitions "
      "running, %d commits, %d aborts, %d recoveries; of all their records %d "
      "bad and skipped, %d dead-lettered%s",
      static_cast<double>(report.records - last_records_) /
          absl::ToDoubleSeconds(since_last),
      running == 0 ? "-"
      : lag_known  ? absl::StrCat(lag)
                   : "unknown",
      Plural(keys, "key"), dirty, running, report.partitions.size(),
      report.commits, report.aborts, report.recoveries, skipped, dead, of_step);
}

absl::Status RunWorker(Processor* processor, StatusReporter* reporter,
                       Heartbeat* heartbeat, const std::atomic<bool>* stop) {
  absl::Status status;
  MonotonicClock clock;
  Burst burst(clock.Now());
  size_t held = 0;
  while (status.ok() && !*stop && !processor->finished()) {
    heartbeat->Beat();
    status = processor->RunOnce();
    reporter->MaybeLog();
    // What a catching up took, or the state of partitions that are gone, is of
    // no more use.
    const size_t before = std::exchange(held, processor->tasks().size());
    if (burst.IsOver(processor->stats().records, clock.Now()) ||
        held < before) {
      GiveBackFreeMemory();
    }
  }
  heartbeat->Beat();
  const bool whole = !processor->bounded() || processor->finished();
  const absl::Status left = processor->Shutdown();
  status.Update(left);
  if (status.ok() && !whole) {
    status = StoppedBeforeTheEnd();
  }
  heartbeat->End();
  return status;
}

absl::Status StoppedBeforeTheEnd() {
  return Stop(StopReason::kIncomplete,
              "stopped before the end of the run; the same command goes on");
}

}  // namespace exactmean
