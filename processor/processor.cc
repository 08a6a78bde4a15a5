// Processor: the run loop. What follows from each outcome of a commit is in
// processor_commit.cc, what the group tells in processor_assignment.cc, how
// partitions are restored in processor_restores.cc, how records are handled in
// processor_fold.cc, what comes back from retry topics in processor_retries.cc,
// where a run ends in processor_bounds.cc.

#include "processor/processor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kLongestPoll = absl::Milliseconds(100);
// While restores wait or read, or offsets are committed: so that it is no busy
// loop.
constexpr absl::Duration kShortPoll = absl::Milliseconds(5);
// While a transaction is open.
constexpr absl::Duration kCommitPoll = absl::Milliseconds(1);

// Of a topic that is not to be found.
constexpr absl::Duration kMissingPatience = absl::Seconds(5);

CommitOptions Bounded(CommitOptions options, absl::Duration deadline) {
  options.patience = std::min(options.patience, deadline);
  return options;
}

std::vector<RetryTopics::Source> SourcesOf(
    const RetryPolicy& policy, absl::Span<TopicReader* const> readers) {
  CHECK_EQ(readers.size(), policy.topics.size());
  std::vector<RetryTopics::Source> sources;
  for (size_t step = 0; step < readers.size(); ++step) {
    sources.push_back(
        {policy.topics[step].name, policy.topics[step].delay, readers[step]});
  }
  return sources;
}

}  // namespace

Processor::Processor(const Pipeline* pipeline, InputLog* input,
                     ResultsLog* results, Transaction* transaction,
                     RecordHandler* handler, Clock* clock,
                     ProcessorOptions options,
                     absl::Span<TopicReader* const> retry_topics)
    : pipeline_(pipeline),
      input_(input),
      results_(results),
      transaction_(transaction),
      handler_(handler),
      clock_(clock),
      options_(options),
      committer_(pipeline, input, transaction, clock,
                 Bounded(options.commit, options.unreachable_deadline)),
      // Shorter than the deadline, for what is missing could be named.
      missing_patience_(
          std::min(kMissingPatience, options.unreachable_deadline / 2)),
      input_watch_(WatchedInput(*pipeline, input), clock, missing_patience_),
      results_watch_(WatchedResults(options.results_topic, results), clock,
                     missing_patience_),
      retry_topics_(pipeline, SourcesOf(options.retry, retry_topics),
                    handler->wall_clock()),
      last_commit_(clock->Now()),
      failure_backoff_(absl::Milliseconds(20), absl::Seconds(2)) {
  if (options_.end.has_value()) bounds_.emplace(input, *options_.end);
}

absl::Status Processor::Join() {
  absl::Status status = CheckTopics(Ask::kNow);
  if (status.ok()) status = OpenProducer();
  if (absl::IsFailedPrecondition(status)) return Fenced(status);
  if (absl::IsInvalidArgument(status)) {
    return Stop(StopReason::kConfig,
                absl::StrCat(status.message(),
                             ". Lower commit.transaction_timeout, or raise the "
                             "brokers' transaction.max.timeout.ms"));
  }
  if (status.ok() && bounds_.has_value()) {
    status = bounds_->FindGoals(pipeline_->identity.input_partitions);
  }
  if (status.ok()) status = input_->Subscribe(this);
  joined_ = status.ok();
  return status;
}

absl::Status Processor::RunOnce() {
  turn_began_ = clock_->Now();
  const absl::Status status = Turn();
  failed_ = !status.ok();
  return status;
}

absl::Status Processor::Turn() {
  if (!joined_) return Tolerate(Join());
  const auto batch = input_->Poll(PollTimeout());
  if (absl::IsFailedPrecondition(batch.status())) return Fenced(batch.status());
  if (absl::IsOutOfRange(batch.status())) {
    return Tolerate(RestoreForDeletion(batch.status()));
  }
  if (absl::IsInvalidArgument(batch.status())) return Refused(batch.status());
  if (!batch.ok()) return Tolerate(batch.status());
  // Before a record is folded in: what a commit within the poll has left in
  // flight must not be taken up by another one, and what is to be dropped need
  // not grow.
  if (!listener_error_.ok()) return Tolerate(listener_error_);
  if (must_recover_) return Tolerate(Recover());
  absl::Status status = FoldBatch(*batch);
  if (IsStop(status)) return StopAt(status);
  if (!status.ok()) return status;
  // Whatever else has to wait, what is open is ended.
  status = ContinueCommit();
  if (status.ok() && !must_recover_) status = CheckTopics(Ask::kIfDue);
  if (!status.ok() || must_recover_) return Tolerate(status);
  // What waits does not hold up what is ready.
  const absl::Status restoring = StepRestores();
  if (!restoring.ok() && !absl::IsUnavailable(restoring)) {
    return Tolerate(restoring);
  }
  const absl::Status bounds = StepBounds(batch->empty());
  if (!bounds.ok() && !absl::IsUnavailable(bounds)) return Tolerate(bounds);
  const absl::Status retries = StepRetryTopics();
  if (IsStop(retries)) return StopAt(retries);
  if (!retries.ok() && !absl::IsUnavailable(retries)) return Tolerate(retries);
  status = ReconcileFlow();
  if (status.ok()) status = CheckSoleWriter();
  if (status.ok()) status = CommitIfDue();
  status.Update(restoring);
  status.Update(bounds);
  status.Update(retries);
  return Tolerate(status);
}

// By the group.
absl::Status Processor::Refused(const absl::Status& why) {
  return Stop(StopReason::kConfig,
              absl::StrCat(why.message(),
                           ". All members of a group need the same "
                           "group.assignor; brokers bound "
                           "group.session_timeout (group.min and "
                           "group.max.session.timeout.ms) and a group's "
                           "members (group.max.size)"));
}

// Whoever has lost a partition and does not know it yet stays behind, and what
// the new owner has read may be deleted. Whether records are lost only the
// results topic can tell: the restore refuses a state that they are missing of.
// Nothing that it drops here would a crash have kept.
absl::Status Processor::RestoreForDeletion(const absl::Status& found) {
  LOG(WARNING) << "restoring all partitions: " << found.message();
  must_recover_ = true;
  return Recover();
}

absl::Duration Processor::PollTimeout() {
  if (must_recover_) return absl::ZeroDuration();
  // There is more to read: it does not wait for the input.
  if (anything_restoring() && results_flow_) return absl::ZeroDuration();
  if (committer_.busy() && options_.commit.delivery.transactional()) {
    return kCommitPoll;
  }
  if (anything_restoring() || committer_.busy()) return kShortPoll;
  if (more_due_) return absl::ZeroDuration();
  const absl::Duration longest = std::min(kLongestPoll, TimeToRetry());
  if (!anything_changed()) return longest;
  const absl::Time now = clock_->Now();
  const absl::Duration left =
      anything_untold() ? absl::ZeroDuration()
                        : options_.commit_policy.TimeLeft(now - last_commit_);
  const absl::Duration due = std::max(left, not_before_ - now);
  return std::min(std::max(due, absl::ZeroDuration()), longest);
}

absl::Status Processor::ReconcileFlow() {
  for (auto& [partition, task] : tasks_) {
    if (task->ahead && task->flowing) {
      const absl::Status paused = input_->Pause(partition);
      if (!paused.ok()) return paused;
      task->flowing = false;
    }
    task->ahead = false;
    const bool flows = must_flow(*task);
    if (flows == task->flowing) continue;
    const absl::Status status =
        flows ? input_->ResumeAt(partition, task->state().next_offset())
              : input_->Pause(partition);
    if (!status.ok()) return status;
    task->flowing = flows;
  }
  return absl::OkStatus();
}

absl::Status Processor::Shutdown() {
  constexpr absl::string_view kReadAgain =
      "the last records are not committed, and will be read again: ";
  absl::Status status = CommitLast();
  if (absl::IsUnavailable(status) && !IsStop(status)) {
    status = Stop(StopReason::kUnreachable,
                  absl::StrCat(kReadAgain, status.message()));
  }
  // OK is said of an abort, too.
  if (status.ok() && !failed_ && !must_recover_ &&
      committer_.commits_at_end() && anything_changed()) {
    status = Stop(StopReason::kUnreachable,
                  absl::StrCat(kReadAgain, "the last commit was aborted"));
  }
  if (status.ok() && must_recover_) {
    status = absl::UnknownError(
        "ended within a recovery: whether the last records are committed, the "
        "next start will find in the results topic");
  }
  // Who reads the results would wait for its time-out.
  if (failed_) committer_.GiveUpTransaction();
  status.Update(input_->Close());
  status.Update(listener_error_);
  return status;
}

// Diverted records wait in memory while commits fail, and no state bounds them.
// A record that the step cannot tell of is waited for.
bool Processor::must_flow(const PartitionTask& task) const {
  if (!task.running() || !task.retries_begun) return false;
  if (bounds_.has_value() && (!task.end.has_value() || task.ended)) {
    return false;
  }
  if (task.retry.pending() && task.retry.waits(clock_->Now())) return false;
  // Of offsets that are committed asynchronously nobody waits for the outcome.
  if (held_back() && !options_.commit.delivery.transactional()) return false;
  if (!told(task)) return false;
  // What is not whole may not commit, and so has to come to where it may.
  return !task.state().whole() ||
         task.state().diverted_bytes() <= 4 * options_.diverted_bytes;
}

// Where a fresh start began is written down before a record of it is read, if a
// crash could make another of it. Without transactions the log is told also
// that this mode writes from now on: how it is to be read depends on it.
bool Processor::told(const PartitionTask& task) const {
  const PartitionState& state = task.state();
  const DeliveryMode mode = options_.commit.delivery.mode;
  if (!state.whole()) return true;
  if (state.checkpoint() == nullptr) {
    return mode == DeliveryMode::kExactlyOnce &&
           !DependsOnWhen(options_.restore.fresh);
  }
  return mode == DeliveryMode::kExactlyOnce ||
         ModeOf(*state.checkpoint()) == mode;
}

bool Processor::anything_untold() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [this](const auto& task) {
    return may_commit(*task.second) && !told(*task.second);
  });
}

bool Processor::may_commit(const PartitionTask& task) const {
  return task.running() && task.retries_begun && task.state().changed() &&
         task.state().whole();
}

bool Processor::diverted_due() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [this](const auto& task) {
    return task.second->running() &&
           task.second->state().diverted_bytes() > options_.diverted_bytes;
  });
}

bool Processor::anything_changed() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [this](const auto& task) {
    return may_commit(*task.second);
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
