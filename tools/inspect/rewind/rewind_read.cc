// Rewind: reading the state that is there, and making the plan.

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "tools/inspect/dlq/offset_ranges.h"
#include "tools/inspect/rewind/rewind.h"

namespace exactmean {
namespace {

// From `start` on.
std::vector<OffsetSpan> AllBut(absl::Span<const Offset> bad, Offset start) {
  std::vector<OffsetSpan> all;
  for (const Offset offset : bad) {
    if (start < offset) all.push_back({start, Offset(offset.value() - 1)});
    start = Next(offset);
  }
  all.push_back({start, kNoEnd});
  return all;
}

}  // namespace

ScanOptions Rewind::Telling(std::string part, uint64_t total) const {
  ScanOptions options = options_;
  if (!clients_.progress) return options;
  options.progress = [this, part = std::move(part), total](uint64_t records) {
    clients_.progress(part, records, total);
  };
  return options;
}

absl::Status Rewind::ReadState(const std::map<Partition, RewindGoal>& goals) {
  std::vector<Partition> partitions;
  for (const auto& [partition, goal] : goals) partitions.push_back(partition);
  auto whole = WholePartitions(clients_.results, partitions, options_);
  if (!whole.ok()) return whole.status();
  uint64_t offsets = 0;
  // What is open will be aborted, or is not committed and not to be counted.
  for (Stretch& stretch : *whole) {
    const auto stable = clients_.results->StableEnd(stretch.partition);
    if (!stable.ok()) return stable.status();
    if (*stable < stretch.to) open_.emplace(stretch.partition, *stable);
    stretch.to = std::max(stretch.from, *stable);
    offsets += static_cast<uint64_t>(stretch.to.value() - stretch.from.value());
  }
  const auto read =
      Scan(clients_.results, *whole, Telling("reading the state", offsets),
           [this](const LogRecord& record) {
             folds_[record.partition].Accept(record);
             return absl::OkStatus();
           });
  if (!read.ok()) return read.status();
  for (const StretchEnd& end : *read) ends_[end.partition] = end.position;
  return absl::OkStatus();
}

absl::Status Rewind::CheckIdentity(
    const results::Checkpoint& checkpoint) const {
  const StateIdentity& own = pipeline_->identity;
  if (checkpoint.application_id() == own.application_id &&
      checkpoint.input_topic() == own.input_topic &&
      checkpoint.input_partitions() == own.input_partitions) {
    return absl::OkStatus();
  }
  return Stop(
      StopReason::kConfig,
      absl::StrCat("the state is of application ", checkpoint.application_id(),
                   " with input ", checkpoint.input_topic(), " of ",
                   checkpoint.input_partitions(),
                   " partitions; the configuration names ", own.application_id,
                   " with ", own.input_topic, " of ", own.input_partitions));
}

absl::Status Rewind::PlanOne(Partition partition, const RewindGoal& goal) {
  const PartitionFold& live = folds_[partition];
  if (!live.checkpoint().has_value()) {
    if (live.keys().empty()) return absl::OkStatus();  // nothing to take back
    return Stop(StopReason::kState,
                absl::StrCat("partition ", partition.value(),
                             " holds keys but no checkpoint: it is not known "
                             "where the application began"));
  }
  absl::Status status = CheckIdentity(*live.checkpoint());
  if (!status.ok()) return status;
  const auto range = clients_.input->Range(partition);
  if (!range.ok()) return range.status();
  const auto to = ResolveGoal(goal, *live.checkpoint(), *range);
  if (!to.ok()) return to.status();
  ReplaySource source;
  source.pipeline = pipeline_;
  source.reading = clients_.reading;
  source.on_bad_record = settings_.on_bad_record;
  std::vector<Offset> bad;
  source.on_bad = [&](const LogRecord& record) {
    bad.push_back(record.offset);
  };
  const Offset start(live.checkpoint()->start_offset());
  const int64_t offsets = std::max<int64_t>(0, to->value() - start.value());
  auto replayed = Replay(
      source, clients_.input, {Stretch{partition, start, *to}},
      Telling(absl::StrCat("folding partition ", partition.value(), " anew"),
              static_cast<uint64_t>(offsets)));
  if (!replayed.ok()) return replayed.status();
  auto plan = PlanRewind(live, std::move(replayed->at(partition)), *to,
                         WriterOf(settings_));
  if (!plan.ok()) return plan.status();
  plan->read_again = AllBut(bad, start);
  plan_.push_back(*std::move(plan));
  return absl::OkStatus();
}

absl::Status Rewind::Plan(const std::map<Partition, RewindGoal>& goals) {
  absl::Status status = ReadState(goals);
  bool reconfigured = false;
  for (const auto& [partition, goal] : goals) {
    if (status.ok()) status = PlanOne(partition, goal);
  }
  if (!status.ok()) return status;
  for (const PartitionRewind& one : plan_) {
    reconfigured = reconfigured || one.reconfigured;
  }
  const auto count = static_cast<size_t>(pipeline_->identity.input_partitions);
  if (!reconfigured || goals.size() == count) return status;
  return Stop(StopReason::kConfig,
              "the state was made under another configuration: rewind all "
              "partitions, or none; a start refuses a mixture");
}

}  // namespace exactmean
