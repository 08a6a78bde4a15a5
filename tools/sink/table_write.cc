// SinkTable: the transactions of batches.

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/sink/oneline.h"
#include "tools/sink/table.h"

namespace exactmean {

absl::Status SinkTable::Fenced(const StoredPosition& position) {
  return Stop(
      StopReason::kFenced,
      absl::StrCat("another sink has taken the table over: ", position.owner,
                   ". One table has one sink; stop one of them"));
}

absl::Status SinkTable::CheckFence() {
  const auto stored = database_->LockPositions();
  if (!stored.ok()) return stored.status();
  size_t own = 0;
  for (const StoredPosition& position : *stored) {
    const auto it = positions_.find(position.partition);
    if (position.owner != options_.owner) {
      return Fenced(position);
    }
    if (it == positions_.end() || it->second.next != position.next) {
      return Stop(StopReason::kFenced,
                  absl::StrCat("somebody has changed the stored position of "
                               "partition ",
                               position.partition.value(), " to ",
                               position.next.value(),
                               ": start again, and it goes on from there"));
    }
    ++own;
  }
  if (own == positions_.size()) return absl::OkStatus();
  return Stop(StopReason::kFenced,
              "somebody has deleted stored positions: start again, and their "
              "partitions are read anew");
}

absl::Status SinkTable::Refuse(const Windows& windows, const Change& change,
                               const absl::Status& why) {
  const std::string what = absl::StrCat(
      "the database refuses ", change.state.has_value() ? "" : "to delete ",
      "key \"", absl::Utf8SafeCHexEscape(change.text), "\" (partition ",
      change.partition.value(), ", offset ", change.offset.value(),
      " of the results): ", Oneline(why.message()));
  if (options_.on_rejected_row == RejectedRowPolicy::kStop) {
    return Stop(StopReason::kBadRecord,
                absl::StrCat(what,
                             ". Mend the table, or set it aside with "
                             "--on_rejected_row=dead_letter"));
  }
  LOG_EVERY_T(WARNING, 1) << what << "; set aside";
  ++rows_refused_;
  return database_->Reject(windows, change, why.message(), options_.now());
}

absl::Status SinkTable::ApplyEach(const Windows& windows,
                                  absl::Span<const Change> changes) {
  if (changes.empty()) return absl::OkStatus();
  const absl::Status status = database_->Apply(windows, changes);
  if (!absl::IsInvalidArgument(status)) return status;
  if (changes.size() == 1) return Refuse(windows, changes[0], status);
  const size_t half = changes.size() / 2;
  const absl::Status first = ApplyEach(windows, changes.subspan(0, half));
  if (!first.ok()) return first;
  return ApplyEach(windows, changes.subspan(half));
}

// By now, not by the time that is caught up with: deletions may have gone up to
// when they were read.
absl::Status SinkTable::CheckLag(const StoredPosition& before) const {
  const absl::Duration lag = options_.now() - before.caught_up_at;
  if (lag <= delete_retention_) return absl::OkStatus();
  const std::string what =
      absl::StrCat("partition ", before.partition.value(), ": it took ",
                   absl::FormatDuration(lag),
                   " to read to its end, and the topic keeps deletions for ",
                   absl::FormatDuration(delete_retention_),
                   " only: some may have been missed");
  // Take will find the same, and have the partition read anew.
  if (!before.resync_until.has_value()) {
    return absl::UnavailableError(absl::StrCat(what, "; it is read anew"));
  }
  return Stop(StopReason::kState,
              absl::StrCat(what,
                           ". Raise the topic's delete.retention.ms "
                           "above the time that it takes to read all of "
                           "it, and start again"));
}

absl::Status SinkTable::DoWrite(const Windows& windows,
                                absl::Span<const Change> changes,
                                const BatchPositions& reached) {
  absl::Status status = database_->Begin();
  if (status.ok()) status = CheckFence();
  if (status.ok()) status = ApplyEach(windows, changes);
  if (!status.ok()) return status;
  std::map<Partition, StoredPosition> changed;
  for (const auto& [partition, next] : reached.next) {
    StoredPosition position = positions_.at(partition);
    position.next = next;
    if (position.resync_until.has_value() && next >= *position.resync_until) {
      const auto swept = database_->SweepUnconfirmed(partition);
      if (!swept.ok()) return swept.status();
      LOG_IF(INFO, *swept > 0)
          << "partition " << partition << ": " << Plural(*swept, "row")
          << " that the topic does not have deleted";
      position.resync_until.reset();
    }
    changed[partition] = std::move(position);
  }
  for (const auto& [partition, time] : reached.caught_up) {
    const StoredPosition& before = positions_.at(partition);
    const absl::Status in_time = CheckLag(before);
    if (!in_time.ok()) return in_time;
    StoredPosition& after =
        changed.try_emplace(partition, before).first->second;
    after.caught_up_at = std::max(after.caught_up_at, time);
  }
  std::vector<StoredPosition> stored;
  for (const auto& [partition, position] : changed) stored.push_back(position);
  status = database_->StorePositions(stored);
  if (status.ok()) status = database_->Commit();
  if (!status.ok()) return status;
  for (auto& [partition, position] : changed) {
    positions_[partition] = std::move(position);
  }
  return absl::OkStatus();
}

absl::Status SinkTable::Write(const Windows& windows,
                              absl::Span<const Change> changes,
                              const BatchPositions& reached) {
  const absl::Status status = DoWrite(windows, changes, reached);
  if (!status.ok()) database_->Rollback();
  return status;
}

bool SinkTable::resyncing(Partition partition) const {
  const auto found = positions_.find(partition);
  return found != positions_.end() && found->second.resync_until.has_value();
}

int SinkTable::resyncing() const {
  return static_cast<int>(std::count_if(
      positions_.begin(), positions_.end(),
      [](const auto& one) { return one.second.resync_until.has_value(); }));
}

}  // namespace exactmean
