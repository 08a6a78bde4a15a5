// ReadStatesAt.

#include "tools/inspect/past/state_at.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "state/counts.h"
#include "state/deletion.h"
#include "state/reserved_keys.h"
#include "tools/inspect/cluster/partition_fold.h"
#include "tools/inspect/replay/owner.h"
#include "tools/inspect/replay/retried.h"

namespace exactmean {
namespace {

// A checkpoint whose keys were there when it was read.
struct Base {
  Offset results_end;  // behind its record
  Offset next;
};

struct Work {
  Stretch results;
  PartitionFold fold;
  Offset newest = Offset(-1);  // next_offset of the last checkpoint
  absl::optional<Base> base;
  std::unique_ptr<PartitionState> begun;
  StateAt answer;
};

class StateReader {
 public:
  StateReader(const ReplaySource& source, const StateSources& sources,
              const ScanOptions& options)
      : source_(source), sources_(sources), options_(options) {
    // What the state has passed was passed over by some policy.
    source_.on_bad_record = BadRecordPolicy::kSkip;
  }

  absl::StatusOr<std::map<Partition, StateAt>> Run(
      const std::map<Partition, AskedOffset>& asked) {
    absl::Status status = ReadLog(asked);
    if (status.ok()) status = RestoreBases();
    if (!status.ok()) return status;
    for (auto& [partition, work] : work_) {
      status = Plan(partition, asked.at(partition).unknown, &work);
      if (!status.ok()) return status;
    }
    status = Fold();
    if (!status.ok()) return status;
    std::map<Partition, StateAt> answers;
    for (auto& [partition, work] : work_) {
      answers[partition] = std::move(work.answer);
    }
    return answers;
  }

 private:
  absl::Status ReadLog(const std::map<Partition, AskedOffset>& asked) {
    std::vector<Partition> partitions;
    for (const auto& [partition, offset] : asked) {
      partitions.push_back(partition);
      work_[partition].answer.at = offset.at;
    }
    const auto stretches =
        CommittedPartitions(sources_.results, partitions, options_);
    if (!stretches.ok()) return stretches.status();
    for (const Stretch& stretch : *stretches) {
      work_[stretch.partition].results = stretch;
    }
    return Scan(sources_.results, *stretches, options_,
                [this](const LogRecord& record) {
                  return Take(record, &work_[record.partition]);
                })
        .status();
  }

  absl::Status Take(const LogRecord& record, Work* work) {
    work->fold.Accept(record);
    if (record.key.value_or("") != kCheckpointKey) return absl::OkStatus();
    if (!work->fold.problem().empty()) {
      return absl::DataLossError(work->fold.problem());
    }
    // Of an owner that had lost the partition.
    if (work->fold.checkpoint_offset() != record.offset) {
      return absl::OkStatus();
    }
    const Offset next(work->fold.checkpoint()->next_offset());
    // Who goes back writes another history.
    if (next < work->newest) work->base.reset();
    work->newest = next;
    if (work->fold.DigestVerified() && next <= work->answer.at) {
      work->base = Base{Next(record.offset), next};
    }
    return absl::OkStatus();
  }

  absl::Status RestoreBases() {
    std::vector<Stretch> stretches;
    for (auto& [partition, work] : work_) {
      if (!work.base.has_value()) continue;
      stretches.push_back(
          {partition, work.results.from, work.base->results_end});
      work.begun =
          std::make_unique<PartitionState>(source_.pipeline, partition);
    }
    if (stretches.empty()) return absl::OkStatus();
    const auto read = Scan(
        sources_.results, stretches, options_, [this](const LogRecord& record) {
          return Restore(record, work_[record.partition].begun.get());
        });
    if (!read.ok()) return read.status();
    for (auto& [partition, work] : work_) {
      // A compaction since then has taken what it rests on, or it is of a
      // configuration before a rewind.
      if (work.begun != nullptr &&
          (!work.begun->FinishRestore().ok() || !work.begun->beyond().proven)) {
        work.begun.reset();
      }
    }
    return absl::OkStatus();
  }

  static absl::Status Restore(const LogRecord& record, PartitionState* state) {
    absl::optional<Offset> deleted_at;
    if (!record.value.has_value() && state->wants_deletion_offsets()) {
      const absl::StatusOr<Headers> headers = HeadersOf(record);
      if (!headers.ok()) return headers.status();
      deleted_at = DeletedAt(*headers);
    }
    return state->Restore(record.key.value_or(""), record.value, deleted_at);
  }

  // Decides from where the partition is folded, if at all.
  absl::Status Plan(Partition partition, const std::string& unknown,
                    Work* work) {
    StateAt& answer = work->answer;
    if (!work->fold.checkpoint().has_value()) {
      return PlanWithout(partition, work);
    }
    const results::Checkpoint& last = *work->fold.checkpoint();
    const absl::Status owner = CheckOwner(*source_.pipeline, partition, last);
    if (!owner.ok()) return owner;
    answer.reason = unknown;
    if (!unknown.empty()) return absl::OkStatus();
    if (answer.at.value() < last.start_offset()) {
      answer.reason = absl::StrCat("the state was begun at input offset ",
                                   last.start_offset());
      return absl::OkStatus();
    }
    const absl::Status beyond = LookBeyond(partition, work);
    if (!beyond.ok() || !answer.reason.empty()) return beyond;
    const bool is_there =
        work->begun != nullptr && work->base->next == answer.at;
    if (!is_there) answer.reason = WhyNoReplay(last);
    if (!answer.reason.empty()) return absl::OkStatus();
    return PlanFold(partition, Offset(last.start_offset()), work);
  }

  absl::Status PlanWithout(Partition partition, Work* work) {
    if (work->fold.records() > 0 || work->results.from > Offset(0)) {
      work->answer.reason = "there is no checkpoint in what is left of the log";
      return absl::OkStatus();
    }
    // Nobody has committed anything yet.
    work->answer.label = AnswerLabel::kExact;
    work->answer.state =
        std::make_unique<PartitionState>(source_.pipeline, partition);
    return absl::OkStatus();
  }

  // When no record is between the last checkpoint and what is asked for, that
  // checkpoint's state is it.
  absl::Status LookBeyond(Partition partition, Work* work) {
    StateAt& answer = work->answer;
    if (answer.at <= work->newest) return absl::OkStatus();
    const auto end = sources_.input->StableEnd(partition);
    if (!end.ok()) return end.status();
    bool any = answer.at > *end;
    if (!any) {
      const absl::Status status =
          Scan(sources_.input, {{partition, work->newest, answer.at}}, options_,
               [&](const LogRecord& /*record*/) {
                 any = true;
                 return absl::AbortedError("one is enough");
               })
              .status();
      if (!status.ok() && !any) return status;
    }
    if (any) {
      answer.reason = absl::StrCat("the last checkpoint is at input offset ",
                                   work->newest.value(),
                                   ": what follows is not folded in yet");
    } else {
      answer.at = work->newest;
    }
    return absl::OkStatus();
  }

  absl::Status PlanFold(Partition partition, Offset start, Work* work) {
    const Offset from = work->begun == nullptr ? start : work->base->next;
    if (from < work->answer.at) {
      const uint64_t lost = work->fold.checkpoint()->dispositions().lost();
      const uint64_t before =
          work->begun == nullptr ? 0 : work->begun->dispositions().lost();
      if (lost > before) {
        work->answer.reason =
            absl::StrCat("up to ", Plural(lost - before, "record"),
                         " lost under AT_MOST_ONCE; which, nobody knows, so "
                         "that the state cannot be made from the input again");
        return absl::OkStatus();
      }
      const std::string unproven = absl::StrCat(
          "the results topic, being compacted, does not tell any more, and ");
      if (sources_.input_compacted) {
        work->answer.reason =
            unproven + "the input is compacted: a replay may not give what was";
        return absl::OkStatus();
      }
      const auto whole = WholePartitions(sources_.input, {partition}, options_);
      if (!whole.ok()) return whole.status();
      if (whole->front().from > from) {
        work->answer.reason =
            absl::StrCat(unproven, "the input is retained from offset ",
                         whole->front().from.value(),
                         " on, and would be needed from ", from.value());
        return absl::OkStatus();
      }
    }
    if (work->begun == nullptr) {
      work->begun =
          std::make_unique<PartitionState>(source_.pipeline, partition);
      work->begun->StartEmpty(start);
    }
    stretches_.push_back({partition, from, work->answer.at});
    return absl::OkStatus();
  }

  absl::Status Fold() {
    std::map<Partition, std::unique_ptr<PartitionState>> begun;
    for (const Stretch& stretch : stretches_) {
      begun[stretch.partition] = std::move(work_[stretch.partition].begun);
    }
    auto replayed =
        Replay(source_, sources_.input, stretches_, options_, std::move(begun));
    if (!replayed.ok()) return replayed.status();
    for (auto& [partition, of] : *replayed) {
      StateAt& answer = work_[partition].answer;
      answer.label =
          of.records == 0 ? AnswerLabel::kExact : AnswerLabel::kReplayed;
      answer.begun = true;
      answer.state = std::move(of.state);
    }
    return absl::OkStatus();
  }

  ReplaySource source_;
  const StateSources sources_;
  const ScanOptions& options_;
  std::map<Partition, Work> work_;
  std::vector<Stretch> stretches_;  // of the input
};

}  // namespace

absl::StatusOr<std::map<Partition, StateAt>> ReadStatesAt(
    const ReplaySource& source, const StateSources& sources,
    const std::map<Partition, AskedOffset>& asked, const ScanOptions& options) {
  return StateReader(source, sources, options).Run(asked);
}

}  // namespace exactmean
