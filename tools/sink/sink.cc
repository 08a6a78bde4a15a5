// Sink: reading, batching, and what to do in trouble.

#include "tools/sink/sink.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "state/reserved_keys.h"
#include "tools/inspect/scan.h"

namespace exactmean {
namespace {

constexpr absl::Duration kReadTimeout = absl::Milliseconds(50);
// What is held of commits that are not whole, in batches and in bytes.
constexpr size_t kBatchesHeld = 4;
constexpr size_t kBytesHeld = 64 << 20;
// Positions alone are stored so often, and as often that all is in the table.
constexpr absl::Duration kPositionsEvery = absl::Seconds(10);
constexpr absl::Duration kCaughtUpEvery = absl::Minutes(1);
// What is stored less often than deletions go would never be up to date.
constexpr absl::Duration kLeastRetention = absl::Minutes(1);

}  // namespace

absl::Status Sink::Run() {
  while (true) {
    const absl::Status status = RunUntilTrouble();
    CloseAll();
    if (status.ok()) return status;
    if (*stop_ && IsPassing(status)) {
      LOG(WARNING) << "asked to stop in the middle of trouble: "
                   << status.message()
                   << ". The table is as of its stored positions";
      return absl::OkStatus();
    }
    const absl::Status endured = *stop_ ? Failure(status) : Endure(status);
    if (!endured.ok()) return endured;
  }
}

absl::Status Sink::RunUntilTrouble() {
  absl::Status status = Resume();
  while (status.ok() && !*stop_) {
    status = ReadSome();
    if (status.ok() && clock_->Now() - looked_ >= look_every_) {
      status = LookAround();
    }
    if (status.ok() && clock_->Now() - said_ >= options_.status_every) {
      SayStatus();
    }
    if (status.ok() && IsDone()) break;
    if (status.ok() && IsDue()) status = Flush();
  }
  if (status.ok()) status = Flush();
  if (status.ok()) SayStatus();
  return status;
}

absl::StatusOr<SourceTopic> Sink::LookAtTopic() {
  const absl::Time now = options_.now();
  // First: of all questions this one tells best why there is no answer.
  const auto retention = options_.delete_retention();
  if (!retention.ok()) return retention.status();
  if (*retention < kLeastRetention) {
    return Stop(
        StopReason::kConfig,
        absl::StrCat("topic \"", options_.topic, "\" keeps deletions for ",
                     absl::FormatDuration(*retention),
                     ": too short to be sure to read them. Set its "
                     "delete.retention.ms to a minute or, better, "
                     "more than the sink is ever away"));
  }
  caught_up_every_ = std::min(kCaughtUpEvery, *retention / 3);
  const auto identity = reader_->Describe();
  if (!identity.ok()) return identity.status();
  SourceTopic topic;
  topic.name = options_.topic;
  topic.id = identity->id;
  topic.delete_retention = *retention;
  for (int32_t p = 0; p < identity->partitions; ++p) {
    const auto range = reader_->Range(Partition(p));
    if (!range.ok()) return range.status();
    const auto stable = reader_->StableEnd(Partition(p));
    if (!stable.ok()) return stable.status();
    topic.ranges[Partition(p)] = {range->low, *stable};
    ends_now_[Partition(p)] = *stable;
    goals_[Partition(p)] = {*stable, now};
  }
  return topic;
}

absl::Status Sink::Resume() {
  auto topic = LookAtTopic();
  if (!topic.ok()) return topic.status();
  topic_id_ = topic->id;
  if (!ends_.has_value()) {
    ends_.emplace();
    for (const auto& [partition, range] : topic->ranges) {
      (*ends_)[partition] = range.high;
    }
  }
  if (!windows_.has_value()) {
    const absl::Status found = FindWindows(*topic);
    if (!found.ok()) return found;
  }
  topic->windows = windows_;
  auto positions = table_->Take(*topic);
  if (!positions.ok()) return positions.status();
  stored_ = *std::move(positions);
  for (const auto& [partition, from] : stored_) {
    const absl::Status status = reader_->OpenAt(partition, from);
    if (!status.ok()) return status;
    open_[partition] = from;
    VLOG(1) << "partition " << partition << " from offset " << from;
  }
  stored_at_ = looked_ = said_ = clock_->Now();
  LOG(INFO) << "topic \"" << options_.topic << "\", "
            << Plural(stored_.size(), "partition")
            << ", from the stored positions on"
            << (table_->resyncing() > 0
                    ? absl::StrCat("; ", table_->resyncing(),
                                   " of them are read from their beginning")
                    : "");
  return absl::OkStatus();
}

void Sink::CloseAll() {
  for (const auto& [partition, from] : open_) reader_->Close(partition);
  open_.clear();
  batch_.Clear();
  bad_checkpoints_.clear();
}

absl::Status Sink::Accept(const LogRecord& record) {
  const auto open = open_.find(record.partition);
  if (open == open_.end() || record.offset < open->second) {
    return absl::OkStatus();
  }
  // Of what came later half a commit could be among what is stored at the end.
  if (options_.once && record.offset >= ends_->at(record.partition)) {
    return absl::OkStatus();
  }
  if (!record.key.has_value()) {
    return absl::DataLossError("a record without a key: it is none of ours");
  }
  if (*record.key == kCheckpointKey) return TakeCheckpoint(record);
  if (IsReservedKey(*record.key)) return absl::OkStatus();
  auto change = ToChange(record);
  if (!change.ok()) return change.status();
  batch_.Add(*std::move(change));
  return absl::OkStatus();
}

absl::Status Sink::ReadSome() {
  const auto records = reader_->Read(kReadTimeout);
  if (!records.ok()) return records.status();
  const bool was_empty = batch_.whole() == 0;
  for (const LogRecord& record : *records) {
    const absl::Status status = Accept(record);
    if (status.ok()) continue;
    return absl::Status(
        status.code(),
        absl::StrCat(options_.topic, "[", record.partition.value(),
                     "], offset ", record.offset.value(), ": ",
                     status.message()));
  }
  for (const auto& [partition, from] : open_) {
    Offset read = reader_->Position(partition);
    if (options_.once) read = std::min(read, ends_->at(partition));
    batch_.Advance(partition, read);
  }
  const absl::Status checkpoints = CheckCheckpoints();
  if (!checkpoints.ok()) return checkpoints;
  const bool full = batch_.held() >= kBatchesHeld * options_.batch_keys ||
                    batch_.bytes() >= kBytesHeld;
  if (full && windows_.has_value()) batch_.CutAnywhere();
  if (was_empty) batch_began_ = clock_->Now();
  return absl::OkStatus();
}

bool Sink::IsDue() const {
  const absl::Time now = clock_->Now();
  if (batch_.whole() > 0) {
    return batch_.whole() >= options_.batch_keys ||
           batch_.bytes() >= kBytesHeld ||
           now - batch_began_ >= options_.batch_time;
  }
  const absl::Duration unsaid = now - stored_at_;
  if (unsaid >= caught_up_every_) return true;
  return unsaid >= kPositionsEvery &&
         absl::c_any_of(batch_.positions(), [this](const auto& read) {
           return stored_.at(read.first) != read.second;
         });
}

absl::Status Sink::Flush() {
  BatchPositions reached;
  for (const auto& [partition, next] : batch_.positions()) {
    if (stored_.at(partition) != next) reached.next[partition] = next;
  }
  for (const auto& [partition, goal] : goals_) {
    const auto next = reached.next.find(partition);
    const Offset at =
        next == reached.next.end() ? stored_.at(partition) : next->second;
    if (at >= goal.end) reached.caught_up[partition] = goal.asked;
  }
  const std::vector<Change> changes = batch_.Take();
  for (const Change& change : changes) {
    if (!change.state.has_value() ||
        change.state->windows.size() == windows_->size()) {
      continue;
    }
    return absl::DataLossError(absl::StrCat(
        options_.topic, "[", change.partition.value(), "], offset ",
        change.offset.value(), ": ", change.state->windows.size(),
        " averages for ", windows_->size(), " windows"));
  }
  const absl::Status status =
      table_->Write(windows_.value_or(Windows()), changes, reached);
  if (!status.ok()) return status;
  for (const auto& [partition, next] : reached.next) stored_[partition] = next;
  written_ += changes.size();
  stored_at_ = clock_->Now();
  Recover();
  return absl::OkStatus();
}

bool Sink::IsDone() {
  if (!options_.once) return false;
  for (const auto& [partition, end] : *ends_) {
    if (reader_->Position(partition) < end) return false;
  }
  if (batch_.held() > batch_.whole()) {
    LOG(WARNING) << "the topic ends within a commit: a processor without "
                    "transactions (AT_LEAST_ONCE, AT_MOST_ONCE) was there, or "
                    "another program writes to it";
    if (windows_.has_value()) batch_.CutAnywhere();
  }
  return true;
}

}  // namespace exactmean
