// PartitionTask: its transitions.

#include "processor/partition_task.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/counts.h"

namespace exactmean {
namespace {

// That it has lost the partition.
constexpr absl::Duration kLearntByThen = absl::Minutes(1);

}  // namespace

bool IsValidTransition(TaskState from, TaskState to) {
  switch (from) {
    case TaskState::kRestoring:  // itself: a restore that starts over
      return true;
    case TaskState::kRunning:
      return to == TaskState::kRestoring;
  }
  return false;
}

absl::string_view ToString(TaskState state) {
  return state == TaskState::kRestoring ? "restoring" : "running";
}

PartitionTask::PartitionTask(const Pipeline* pipeline, Partition partition,
                             InputLog* input, ResultsLog* results,
                             RestoreOptions options)
    : pipeline_(pipeline),
      partition_(partition),
      input_(input),
      results_(results),
      options_(options) {
  Restart();
}

void PartitionTask::Become(TaskState to) {
  CHECK(IsValidTransition(task_state_, to))
      << "partition " << partition_ << " from " << ToString(task_state_)
      << " to " << ToString(to);
  task_state_ = to;
}

void PartitionTask::Restart() { RestartAfter(/*incomplete=*/false); }

void PartitionTask::RestartAfter(bool incomplete) {
  Become(TaskState::kRestoring);
  ended = false;
  retries_begun = false;
  restorer_.reset();  // before the state it points at
  retry.Forget();
  state_ = std::make_unique<PartitionState>(pipeline_, partition_);
  restorer_ =
      std::make_unique<Restorer>(input_, results_, state_.get(), options_,
                                 /*again=*/incomplete);
}

std::string PartitionTask::Proof(const StartPosition& start) const {
  if (state_->checkpoint() == nullptr) return "";
  const PartitionState::Beyond& beyond = state_->beyond();
  std::string proof =
      beyond.proven ? ", digest, key count and dispositions verified"
                    : ", dispositions verified; digest and key count cannot "
                      "be, after an unfinished step whose traces compaction or "
                      "a former owner has covered: what is there is taken as "
                      "it is";
  if (beyond.ahead > 0) {
    absl::StrAppend(&proof, "; ", Plural(beyond.ahead, "key", "was", "were"),
                    " written for offsets after the checkpoint's, to "
                    "before ",
                    state_->whole_from().value(),
                    ", and no record is counted twice");
  }
  if (beyond.stale > 0) {
    absl::StrAppend(&proof, "; ", Plural(beyond.stale, "record"),
                    " of a former owner came after newer ones: replaced");
  }
  if (start.lost > 0) {
    absl::StrAppend(&proof, "; AT_MOST_ONCE: up to ",
                    Plural(static_cast<uint64_t>(start.lost), "record"),
                    " lost, offsets ", start.offset.value() - start.lost,
                    " to ", start.offset.value() - 1);
  }
  return proof;
}

absl::Status PartitionTask::Named(const absl::Status& stop) const {
  return Stop(ReasonOf(stop), absl::StrCat("partition ", partition_.value(),
                                           ": ", stop.message()));
}

// Who has lost the partition and does not know it may find at each attempt what
// does not fit. But another program that never rests is no reason to try for
// ever.
absl::Status PartitionTask::Refused(absl::Time now) {
  if (restorer_->found().ok()) return absl::OkStatus();
  refused_since_ = std::min(refused_since_, now);
  if (now - refused_since_ < kLearntByThen) return absl::OkStatus();
  return Named(restorer_->found());
}

absl::Status PartitionTask::StepRestore(absl::Time now, bool may_read) {
  const auto start = restorer_->Step(now, may_read);
  if (absl::IsAborted(start.status())) {
    const absl::Status refused = Refused(now);
    if (!refused.ok()) return refused;
    LOG(INFO) << "partition " << partition_
              << " is restored anew: " << start.status().message();
    RestartAfter(restorer_->incomplete());
    return absl::OkStatus();
  }
  if (!start.ok()) {
    if (!IsStop(start.status())) return start.status();
    return Named(start.status());
  }
  if (!start->has_value()) return absl::OkStatus();
  LOG(INFO) << "partition " << partition_ << " starts at offset "
            << (*start)->offset << " (" << ToString((*start)->source)
            << "): " << Plural(state_->live_keys(), "key") << " from "
            << Plural(restorer_->records(), "record") << " of the results topic"
            << Proof(**start);
  // A recovery before the first commit starts there again.
  if ((*start)->source == StartPosition::Source::kFresh &&
      DependsOnWhen(options_.fresh) && !options_.begins_there) {
    options_.fresh = InputPosition::At({{partition_, (*start)->offset}});
  }
  results_end_ = restorer_->end();
  refused_since_ = absl::InfiniteFuture();
  restorer_.reset();
  Become(TaskState::kRunning);
  return absl::OkStatus();
}

}  // namespace exactmean
