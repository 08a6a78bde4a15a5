// BoundedRun.

#include "processor/bounded_run.h"

#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "processor/stop.h"

namespace exactmean {

absl::StatusOr<Offset> BoundedRun::FindEnd(Partition partition) {
  if (end_.kind != InputPosition::Kind::kOffsets) {
    // First: a record that comes after this is not before the end.
    const auto end = input_->StableEnd(partition);
    if (!end.ok() || end_.kind != InputPosition::Kind::kTime) return end;
    const auto found = input_->FindTime(partition, end_.time);
    if (!found.ok()) return found.status();
    return found->value_or(*end);
  }
  const auto named = end_.offsets.find(partition);
  if (named == end_.offsets.end()) {
    return Stop(
        StopReason::kConfig,
        absl::StrFormat("--to names no offset for partition %d: each needs one",
                        partition.value()));
  }
  const auto range = input_->Range(partition);
  if (!range.ok()) return range.status();
  if (named->second > range->high) {
    return Stop(
        StopReason::kConfig,
        absl::StrFormat("--to is offset %d for partition %d, but the input "
                        "ends before %d there",
                        named->second.value(), partition.value(),
                        range->high.value()));
  }
  return named->second;
}

absl::StatusOr<Offset> BoundedRun::EndOf(Partition partition) {
  const auto known = ends_.find(partition);
  if (known != ends_.end()) return known->second;
  const absl::StatusOr<Offset> end = FindEnd(partition);
  if (end.ok()) ends_.emplace(partition, *end);
  return end;
}

absl::Status BoundedRun::FindGoals(int32_t partitions) {
  for (int32_t p = 0; p < partitions; ++p) {
    if (goals_.count(Partition(p)) > 0) continue;
    const absl::StatusOr<Offset> goal = FindEnd(Partition(p));
    if (!goal.ok()) return goal.status();
    goals_.emplace(p, *goal);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> BoundedRun::IsCommitted(Partition partition) {
  const auto committed = input_->Committed(partition);
  // Its owner commits at this moment.
  if (absl::IsUnavailable(committed.status())) return false;
  if (!committed.ok()) return committed.status();
  if (!committed->has_value()) return false;
  return NothingBetween(partition, **committed, goals_.at(partition));
}

absl::StatusOr<bool> BoundedRun::NothingLeft(Partition partition, Offset next) {
  const absl::StatusOr<Offset> end = EndOf(partition);
  if (!end.ok()) return end.status();
  return NothingBetween(partition, next, *end);
}

absl::StatusOr<bool> BoundedRun::NothingBetween(Partition partition,
                                                Offset next, Offset end) {
  if (next >= end) return true;
  const auto stable = input_->StableEnd(partition);
  if (!stable.ok()) return stable.status();
  if (*stable < end) return false;
  const auto record = input_->ReadAt(partition, next);
  // Deleted since; whoever reads there is told so.
  if (absl::IsOutOfRange(record.status())) return false;
  if (!record.ok()) return record.status();
  return !record->has_value() || (*record)->offset >= end;
}

}  // namespace exactmean
