// Processor: when to commit, and what follows from each outcome.

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "glog/logging.h"
#include "processor/processor.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kSoleWriterEvery = absl::Seconds(1);
// Each is a question to a broker.
constexpr size_t kLookedAtAtOnce = 16;

}  // namespace

absl::Status Processor::Fenced(const absl::Status& why) {
  return Stop(StopReason::kFenced,
              absl::StrCat("fenced: another process works under this instance "
                           "id. Give every process an --instance_id of its "
                           "own. (",
                           why.message(), ")"));
}

// So short that a turn is one: whoever wants the process to stop, or to say
// what it waits for, does not wait for a broker.
absl::Status Processor::OpenProducer() {
  constexpr absl::Duration kSlice = absl::Milliseconds(200);
  return transaction_->Open(kSlice);
}

// At least once the results are written before a commit is begun.
bool Processor::held_back() const {
  return records_since_commit_ >= options_.commit_policy.max_records &&
         committer_.busy() &&
         options_.commit.delivery.mode != DeliveryMode::kAtLeastOnce;
}

// A commit is waited for when the next one would be too large to wait with it:
// brokers that are slower than the fold hold it back.
absl::Status Processor::CommitIfDue() {
  if (held_back()) {
    const absl::Status status = FinishCommit();
    if (!status.ok() || must_recover_) return status;
  }
  const absl::Time now = clock_->Now();
  if (now < not_before_ || !anything_changed() || committer_.busy()) {
    return absl::OkStatus();
  }
  const bool due =
      options_.commit_policy.IsDue(records_since_commit_, now - last_commit_) ||
      diverted_due() || anything_untold();
  return due ? Commit() : absl::OkStatus();
}

absl::Status Processor::Commit() {
  std::vector<PartitionState*> states;
  for (auto& [partition, task] : tasks_) {
    if (may_commit(*task)) states.push_back(&task->state());
  }
  if (states.empty() || must_recover_ || failed_) return absl::OkStatus();
  // After the last poll: all that goes into the transaction is of this topic.
  absl::Status same = input_watch_.Check();
  // What goes into another results topic the next restore refuses, unless it is
  // all of the state: so that need not cost a question for each commit.
  if (same.ok()) same = results_watch_.CheckIfDue();
  if (!same.ok()) return same;
  last_commit_ = clock_->Now();
  records_in_commit_ = std::exchange(records_since_commit_, 0);
  const absl::Status outcome = committer_.Commit(states);
  if (!outcome.ok() || !committer_.busy()) {
    return AfterCommit(outcome, clock_->Now() - last_commit_);
  }
  // Only begun. The coordinator would not wait for a step that takes its time.
  const bool wait =
      handler_->has_step() && options_.commit.delivery.transactional();
  return wait ? FinishCommit() : outcome;
}

absl::Status Processor::ContinueCommit() {
  const bool held = committer_.busy();
  const absl::Status outcome = committer_.Continue();
  // Not decided yet, or nothing hung on it.
  if (outcome.ok() && held == committer_.busy()) return outcome;
  return AfterCommit(outcome, TimeOfCommit());
}

// Of the transaction that has ended now; offsets are committed in their own
// time.
absl::Duration Processor::TimeOfCommit() const {
  return options_.commit.delivery.transactional() ? clock_->Now() - last_commit_
                                                  : absl::ZeroDuration();
}

// Nothing at the broker keeps a former owner from writing: but the offsets of
// the results partition leave no gap for it to hide in. What it wrote may have
// come after newer records, which a restore finds out, and writes again.
absl::Status Processor::CheckSoleWriter() {
  if (options_.commit.delivery.transactional()) return absl::OkStatus();
  for (const auto& [partition, records] : committer_.TakeWritten()) {
    const auto task = tasks_.find(partition);
    if (task != tasks_.end()) task->second->Wrote(records);
  }
  const absl::Time now = clock_->Now();
  if (now < sole_writer_due_ || must_recover_) return absl::OkStatus();
  sole_writer_due_ = now + kSoleWriterEvery;
  auto next = tasks_.upper_bound(last_looked_at_);
  for (size_t left = std::min(tasks_.size(), kLookedAtAtOnce); left > 0;
       --left, ++next) {
    if (next == tasks_.end()) next = tasks_.begin();
    const auto& [partition, task] = *next;
    last_looked_at_ = partition;
    if (!task->running()) continue;
    const auto end = results_->EndOffset(partition);
    if (!end.ok()) {
      sole_writer_due_ = now;  // an answer is owed
      return end.status();
    }
    if (*end == task->results_end()) continue;
    LOG(WARNING) << "partition " << partition << " of the results ends at "
                 << *end << ", and by what was read and written here at "
                 << task->results_end()
                 << ": a former owner writes to it, or another program. "
                    "Restoring all partitions";
    must_recover_ = true;
    break;
  }
  return absl::OkStatus();
}

absl::Status Processor::FinishCommit() {
  const bool held = committer_.busy();
  const absl::Status outcome = committer_.Finish();
  if (outcome.ok() && !held) return outcome;
  return AfterCommit(outcome, TimeOfCommit());
}

absl::Status Processor::CommitLast() {
  if (must_recover_ || failed_) return absl::OkStatus();
  absl::Status status = FinishCommit();
  if (status.ok() && !committer_.busy() && committer_.commits_at_end()) {
    status = Commit();
  }
  if (status.ok() && !must_recover_) status = FinishCommit();
  return status;
}

// What came before a record that stops it is right, and worth keeping.
absl::Status Processor::StopAt(const absl::Status& record_error) {
  const absl::Status kept = CommitLast();
  if (!kept.ok()) LOG(WARNING) << "the last commit failed: " << kept;
  // OK is said of an abort and of an unknown outcome, too.
  const bool all = kept.ok() && !must_recover_ && !anything_changed();
  const absl::string_view fate =
      all ? ". Everything before it is committed"
      : must_recover_
          ? ". Whether the last records before it are committed is not known; "
            "those that are not will be read again"
          : ". The last records before it could not be committed, and will be "
            "read again";
  return Stop(ReasonOf(record_error),
              absl::StrCat(record_error.message(), fate));
}

absl::Status Processor::AfterCommit(const absl::Status& outcome,
                                    absl::Duration time) {
  const absl::Time now = clock_->Now();
  if (outcome.ok()) {
    // No more than half of the time is for commits, if they are slow.
    const absl::Duration rest = std::min(time, options_.commit_policy.interval);
    const bool markers = options_.commit.delivery.transactional();
    not_before_ =
        now + (markers ? std::max(rest, options_.markers_time) : rest);
    failures_in_row_ = 0;
    failure_backoff_.Reset();
    return outcome;
  }
  if (IsStop(outcome)) return outcome;
  // Not to be waited out: the fate of a transaction may hang on it.
  if (absl::IsNotFound(outcome)) return Stop(StopReason::kConfig, outcome);
  if (++failures_in_row_ >= options_.max_failures) {
    return Stop(StopReason::kUnreachable,
                absl::StrCat(failures_in_row_,
                             " commits in a row have failed; the last: ",
                             outcome.message(),
                             options_.commit.delivery.transactional()
                                 ? ". If they take longer than "
                                   "commit.transaction_timeout, raise that"
                                 : ""));
  }
  if (absl::IsAborted(outcome)) {
    LOG_EVERY_T(WARNING, 1) << "a commit was aborted; its keys go out with "
                               "the next: "
                            << outcome.message();
    records_since_commit_ += std::exchange(records_in_commit_, 0);
    not_before_ = now + failure_backoff_.Next();
    return absl::OkStatus();
  }
  // The coordinator fences the producer of a transaction that it has timed out:
  // after that long nobody else need be there.
  const bool fenced = absl::IsFailedPrecondition(outcome);
  if (fenced && time < options_.commit.patience) {
    if (now - last_fenced_ < options_.fenced_again_within) {
      return Fenced(outcome);
    }
    last_fenced_ = now;
  } else if (!fenced && !absl::IsUnknown(outcome)) {
    return outcome;
  }
  LOG(WARNING) << "the outcome of a commit is unknown; the results topic will "
                  "tell: restoring all partitions ("
               << outcome.message() << ")";
  must_recover_ = true;
  trouble_since_ = std::min(trouble_since_, turn_began_);
  return absl::OkStatus();
}

// After this nothing of ours is undecided, no task holds a state that the log
// may not have, and none flows: what Poll would deliver lies ahead of the state
// that will be restored. Until all of that is so, it is tried again.
absl::Status Processor::Recover() {
  const absl::Status opened = OpenProducer();
  if (absl::IsFailedPrecondition(opened)) return Fenced(opened);
  if (!opened.ok()) return opened;
  committer_.DropTransaction();
  for (auto& [partition, task] : tasks_) {
    committer_.Forget(partition);
    task->Restart();
  }
  const absl::Status paused = ReconcileFlow();
  if (!paused.ok()) return paused;
  records_since_commit_ = 0;
  ++recoveries_;
  must_recover_ = false;
  return absl::OkStatus();
}

absl::Status Processor::CheckTopics(Ask when) {
  for (TopicWatch* watch : {&input_watch_, &results_watch_}) {
    const absl::Status status =
        when == Ask::kNow ? watch->Check() : watch->CheckIfDue();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// If it is one of the two that is not there any more, its watch says it better.
absl::Status Processor::ExplainMissing(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  const absl::Status topics = CheckTopics(Ask::kNow);
  if (topics.ok() || (IsStop(status) && !IsStop(topics))) return status;
  return topics;
}

// Passing trouble is waited out, up to the deadline; all else is final. Both
// topics are there, or the watches would have said so: what one call does not
// find, a broker that has just started may not know yet.
absl::Status Processor::Tolerate(const absl::Status& met) {
  const absl::Status status = ExplainMissing(met);
  if (status.ok()) {
    // What a failed commit began lasts until the producer is open again.
    if (!must_recover_) trouble_since_ = absl::InfiniteFuture();
    missing_since_ = absl::InfiniteFuture();
    return status;
  }
  if (IsStop(status)) return status;
  const bool missing = absl::IsNotFound(status);
  if (missing) missing_since_ = std::min(missing_since_, turn_began_);
  if (absl::IsPermissionDenied(status) ||
      (missing && clock_->Now() - missing_since_ >= missing_patience_)) {
    return Stop(StopReason::kConfig, status);
  }
  if (!missing && !absl::IsUnavailable(status)) return status;
  trouble_since_ = std::min(trouble_since_, turn_began_);
  const absl::Duration waited = clock_->Now() - trouble_since_;
  if (waited >= options_.unreachable_deadline) {
    return Stop(StopReason::kUnreachable,
                absl::StrCat(
                    "gave up after ",
                    absl::FormatDuration(absl::Trunc(waited, absl::Seconds(1))),
                    " (kafka.unreachable_deadline: ",
                    absl::FormatDuration(options_.unreachable_deadline),
                    "): ", status.message()));
  }
  LOG_EVERY_T(WARNING, 5) << "waiting: " << status.message();
  clock_->Sleep(absl::Milliseconds(20));
  return absl::OkStatus();
}

}  // namespace exactmean
