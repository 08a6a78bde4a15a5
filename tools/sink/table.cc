// SinkTable.

#include "tools/sink/table.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::string_view kResync =
    "If it is to be so, start once with --resync: it reads the topic anew, "
    "makes the table what the topic is, and deletes rows that it does not "
    "have";

// A leader that was just elected may not know yet how far it was.
constexpr absl::Duration kLeaderPatience = absl::Seconds(10);

}  // namespace

absl::Status SinkTable::CheckTopic(const std::vector<StoredPosition>& stored,
                                   const SourceTopic& topic) const {
  const bool as_it_is_now = IsResync();
  for (const StoredPosition& position : stored) {
    if (position.topic != topic.name) {
      return Stop(StopReason::kConfig,
                  absl::StrCat("the table holds the results of topic \"",
                               position.topic, "\", not of \"", topic.name,
                               "\": give this one a --table of its own"));
    }
    if (position.owner != options_.owner && is_owner_) {
      return Fenced(position);
    }
    if (as_it_is_now) continue;
    if (position.topic_id != topic.id) {
      return Stop(
          StopReason::kState,
          absl::StrCat("topic \"", topic.name,
                       "\" was deleted and made again: the table is of "
                       "its former self (id ",
                       position.topic_id, ", now ", topic.id, "). ", kResync));
    }
    if (topic.ranges.count(position.partition) == 0) {
      return Stop(StopReason::kState,
                  absl::StrCat("topic \"", topic.name, "\" has no partition ",
                               position.partition.value(),
                               " any more, but the table has. ", kResync));
    }
  }
  return absl::OkStatus();
}

absl::Status SinkTable::CheckRange(const StoredPosition& stored,
                                   const OffsetRange& range) {
  const std::string where =
      absl::StrCat(stored.topic, "[", stored.partition.value(), "]");
  if (stored.next < range.low) {
    return Stop(
        StopReason::kState,
        absl::StrCat(where,
                     ": records were deleted before they were read: the "
                     "table is at offset ",
                     stored.next.value(), ", the topic begins at ",
                     range.low.value(), ". ", kResync));
  }
  if (stored.next <= range.high) {
    beyond_since_.erase(stored.partition);
    return absl::OkStatus();
  }
  const std::string what =
      absl::StrCat(where, ": the table is at offset ", stored.next.value(),
                   ", the topic ends at ", range.high.value());
  const absl::Time now = options_.now();
  const absl::Time since =
      beyond_since_.try_emplace(stored.partition, now).first->second;
  if (now - since < kLeaderPatience) {
    return absl::UnavailableError(what);
  }
  return Stop(StopReason::kState,
              absl::StrCat(what, ": it was cut off. ", kResync));
}

absl::StatusOr<StoredPosition> SinkTable::Adopt(const SourceTopic& topic,
                                                Partition partition,
                                                const StoredPosition* stored) {
  const OffsetRange& range = topic.ranges.at(partition);
  const absl::Time now = options_.now();
  StoredPosition position;
  if (stored != nullptr) {
    position = *stored;
    position.owner = options_.owner;
    if (!IsResync()) {
      const absl::Status status = CheckRange(*stored, range);
      if (!status.ok()) return status;
      if (now - stored->caught_up_at <= topic.delete_retention) return position;
      LOG(WARNING) << topic.name << "[" << partition
                   << "]: last read to its end at " << stored->caught_up_at
                   << ", and the topic keeps deletions for "
                   << topic.delete_retention
                   << " only: some may be missing in the table. The partition "
                      "is read anew, and rows that it does not have are "
                      "deleted";
    }
  }
  position.partition = partition;
  position.next = range.low;
  position.topic = topic.name;
  position.topic_id = topic.id;
  position.resync_until = range.high;
  position.caught_up_at = now;
  position.owner = options_.owner;
  // What was read of this very topic does not go back meanwhile; --resync is
  // for when it may have been another.
  const bool same = stored != nullptr && !IsResync();
  const absl::Status status = database_->Unconfirm(
      partition, same ? ReplacedBy::kItsOwnOrLater : ReplacedBy::kAny);
  if (!status.ok()) return status;
  if (range.low < range.high) return position;
  // There is nothing to wait for.
  const auto swept = database_->SweepUnconfirmed(partition);
  if (!swept.ok()) return swept.status();
  position.resync_until.reset();
  return position;
}

absl::Status SinkTable::DoTake(const SourceTopic& topic) {
  absl::Status status = database_->Begin();
  if (status.ok()) status = database_->LockForTakeover();
  if (!status.ok()) return status;
  const auto stored = database_->LockPositions();
  if (!stored.ok()) return stored.status();
  status = CheckTopic(*stored, topic);
  if (!status.ok()) return status;
  // They may have changed while no sink was there to see it.
  if (topic.windows.has_value()) {
    status = database_->DropOtherWindows(*topic.windows);
    if (!status.ok()) return status;
  }
  std::map<Partition, const StoredPosition*> by_partition;
  for (const StoredPosition& position : *stored) {
    by_partition[position.partition] = &position;
  }
  if (IsResync()) {
    status =
        database_->DropPartitions(static_cast<int32_t>(topic.ranges.size()));
    if (!status.ok()) return status;
  }
  std::vector<StoredPosition> adopted;
  for (const auto& [partition, range] : topic.ranges) {
    auto position = Adopt(topic, partition, by_partition[partition]);
    if (!position.ok()) return position.status();
    adopted.push_back(*std::move(position));
  }
  status = database_->StorePositions(adopted);
  if (status.ok()) status = database_->Commit();
  if (!status.ok()) return status;
  positions_.clear();
  for (StoredPosition& position : adopted) {
    positions_[position.partition] = std::move(position);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<Partition, Offset>> SinkTable::Take(
    const SourceTopic& topic) {
  absl::Status status = database_->Connect();
  if (!status.ok()) return status;
  if (!tables_checked_) {
    if (options_.create_table) status = database_->CreateTables();
    if (status.ok()) status = database_->CheckTables();
    if (!status.ok()) return status;
    tables_checked_ = true;
  }
  status = DoTake(topic);
  if (!status.ok()) {
    database_->Rollback();
    return status;
  }
  is_owner_ = true;
  delete_retention_ = topic.delete_retention;
  std::map<Partition, Offset> next;
  for (const auto& [partition, position] : positions_) {
    next[partition] = position.next;
  }
  return next;
}

}  // namespace exactmean
