// Processor: how the records of a batch are handled, and what follows when the
// step cannot tell of one.

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/processor.h"
#include "processor/stop.h"
#include "state/digest.h"

namespace exactmean {
namespace {

// What lasts no longer is not told that it is over.
constexpr absl::Duration kWorthTelling = absl::Seconds(1);

}  // namespace

void Processor::Expect(absl::Span<const LogRecord> next) {
  const auto task = tasks_.find(next.front().partition);
  if (task == tasks_.end()) return;
  std::array<absl::string_view, kExpectedTogether> keys;
  size_t count = 0;
  for (const LogRecord& record : next) {
    if (record.partition != next.front().partition) break;
    if (record.key.has_value()) keys[count++] = *record.key;
  }
  task->second->state().Expect(absl::MakeConstSpan(keys).first(count));
}

absl::Status Processor::FoldBatch(absl::Span<const LogRecord> batch) {
  PartitionTask* task = nullptr;
  const LogRecord* last = nullptr;  // folded into `task`
  const auto set_anchor = [&] {
    if (last == nullptr) return;
    task->state().SetAnchor(
        {last->offset, last->timestamp_ms,
         RecordHash(last->key.value_or(""), last->value.value_or(""))});
    last = nullptr;
  };
  absl::Status status;
  bool late = false;
  for (size_t i = 0; i < batch.size() && status.ok(); ++i) {
    const LogRecord& record = batch[i];
    if (i % kExpectedTogether == 0) {
      Expect(batch.subspan(i, kExpectedTogether));
    }
    if (task == nullptr || task->partition() != record.partition) {
      set_anchor();
      const auto it = tasks_.find(record.partition);
      task = it == tasks_.end() ? nullptr : it->second.get();
    }
    // Fetched before the partition was paused or taken away.
    if (task == nullptr || !task->running() || !task->flowing) continue;
    // Delivered twice.
    if (record.offset < task->state().next_offset()) continue;
    if (task->end.has_value() && record.offset >= *task->end) {
      // With one before it put back, its turn comes again.
      if (!task->ended && !task->ahead) End(task);
      continue;
    }
    task->ahead = task->ahead || late;
    if (task->ahead) continue;
    status = HandleRecord(record, task);
    if (status.ok() && !task->ahead) last = &record;
    late = handler_->has_step() &&
           clock_->Now() - turn_began_ >= options_.longest_fold;
  }
  set_anchor();
  return status;
}

absl::Status Processor::HandleRecord(const LogRecord& record,
                                     PartitionTask* task) {
  absl::Status status = handler_->Handle(record, &task->state());
  if (absl::IsUnavailable(status) && !IsStop(status)) {
    status = AfterVainTry(record, status, task);
    if (!status.ok() || task->ahead) return status;
  } else if (!status.ok()) {
    return status;
  } else if (task->retry.pending()) {
    const absl::Duration stuck = clock_->Now() - task->retry.since();
    LOG_IF(INFO, stuck > kWorthTelling)
        << "partition " << task->partition() << " goes on, after "
        << task->retry.tries() << " vain tries in " << RoundedText(stuck);
    task->retry.Forget();
  }
  ++records_;
  ++records_since_commit_;
  return status;
}

// The partition waits before the record, and the others go on.
absl::Status Processor::AfterVainTry(const LogRecord& record,
                                     const absl::Status& why,
                                     PartitionTask* task) {
  RecordRetry& retry = task->retry;
  const absl::Time now = clock_->Now();
  const bool stops = options_.retry.give_up == RetryPolicy::GiveUp::kStop;
  RetryPolicy policy = options_.retry;
  // While it is not whole, the state may hold the record already: given up, it
  // would be counted again when it comes back.
  if (!stops && !task->state().whole()) {
    policy.max_tries = 0;
    policy.max_time = absl::InfiniteDuration();
  }
  const auto verdict =
      retry.Failed(record.partition, record.offset, why.message(), now, policy);
  if (verdict == RecordRetry::Verdict::kAgain) {
    task->ahead = true;
    LOG_EVERY_T(WARNING, 1) << "partition " << record.partition << " is stuck "
                            << retry.Describe(now);
    return absl::OkStatus();
  }
  const int tries = retry.tries();
  const std::string text =
      absl::StrFormat("given up after %s in %s: %s", TriesText(tries),
                      RoundedText(now - retry.since()), why.message());
  retry.Forget();
  if (!stops) {
    handler_->GiveUp(record, text, tries, &task->state());
    return absl::OkStatus();
  }
  return Stop(
      StopReason::kStep,
      absl::StrFormat(
          "the record in %s, was %s. A start tries again; step.retry says how "
          "often, and that such records become dead letters (give_up: "
          "DEAD_LETTER) or go to a retry topic (RETRY_TOPIC)",
          handler_->PlaceOf(record), text));
}

// Until the first of the records that wait for their next try.
absl::Duration Processor::TimeToRetry() const {
  absl::Duration shortest = absl::InfiniteDuration();
  for (const auto& [partition, task] : tasks_) {
    if (!task->retry.pending()) continue;
    const absl::Time now = clock_->Now();
    if (task->retry.waits(now)) {
      shortest = std::min(shortest, task->retry.due() - now);
    }
  }
  return shortest;
}

}  // namespace exactmean
