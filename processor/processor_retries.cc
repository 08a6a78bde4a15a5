// Processor: the records that come back from retry topics.

#include "glog/logging.h"
#include "processor/processor.h"

namespace exactmean {
namespace {

// Of a partition, in a turn: the input and the other partitions go on, too.
constexpr int kDueInATurn = 200;

// After so long a turn begins to read for no further partition.
constexpr absl::Duration kBeginTurn = absl::Milliseconds(200);

}  // namespace

absl::Status Processor::StepRetryTopics() {
  absl::Status trouble = BeginRetries();
  if (!trouble.ok() && !absl::IsUnavailable(trouble)) return trouble;
  if (options_.retry.topics.empty()) return trouble;
  const absl::Status read = retry_topics_.ReadAhead();
  if (!read.ok() && !absl::IsUnavailable(read)) return read;
  trouble.Update(read);
  more_due_ = false;
  // However long the input has taken: it must not starve them.
  const absl::Time end = clock_->Now() + options_.longest_fold;
  auto next = tasks_.upper_bound(last_retried_);
  for (size_t left = tasks_.size(); left > 0 && !more_due_; --left, ++next) {
    if (next == tasks_.end()) next = tasks_.begin();
    last_retried_ = next->first;
    const absl::Status handled = HandleDue(end, next->second.get());
    if (!handled.ok()) return handled;
  }
  return trouble;
}

// Of one partition at least, however long the turn has taken so far: none flows
// before.
absl::Status Processor::BeginRetries() {
  absl::Status trouble;
  const absl::Time end = clock_->Now() + kBeginTurn;
  auto next = tasks_.upper_bound(last_begun_);
  for (size_t left = tasks_.size(); left > 0; --left, ++next) {
    if (next == tasks_.end()) next = tasks_.begin();
    auto& [partition, task] = *next;
    if (!task->running() || task->retries_begun) continue;
    last_begun_ = partition;
    const absl::Status begun = retry_topics_.Begin(&task->state());
    if (!begun.ok() && !absl::IsUnavailable(begun)) return begun;
    task->retries_begun = begun.ok();
    trouble.Update(begun);
    if (clock_->Now() >= end) break;  // each may wait for an answer
  }
  return trouble;
}

absl::Status Processor::HandleDue(absl::Time end, PartitionTask* task) {
  if (!task->running() || !task->retries_begun) return absl::OkStatus();
  PartitionState& state = task->state();
  for (int i = 0; i < kDueInATurn && !more_due_; ++i) {
    if (state.diverted_bytes() > 4 * options_.diverted_bytes) {
      return absl::OkStatus();
    }
    const WaitingRecord* record = retry_topics_.Due(task->partition());
    if (record == nullptr) return absl::OkStatus();
    // What this state has not sent its successor has: this process has lost the
    // partition, and does not know it yet.
    const Retries::Topic* known =
        state.retries().Find(options_.retry.topics[record->step].name);
    if (known == nullptr || known->waiting == 0) {
      LOG_EVERY_T(WARNING, 10)
          << "partition " << task->partition() << ": a record in retry topic \""
          << options_.retry.topics[record->step].name
          << "\" is not one that this state has sent there. If the partition "
             "is not about to be another process's, somebody has copied "
             "records into the topic, and those behind it wait";
      return absl::OkStatus();
    }
    const absl::Status status = handler_->HandleRetried(*record, &state);
    if (!status.ok()) return status;
    retry_topics_.Pop(*record, task->partition());
    ++records_;
    ++records_since_commit_;
    more_due_ = i + 1 == kDueInATurn || clock_->Now() >= end;
  }
  return absl::OkStatus();
}

}  // namespace exactmean
