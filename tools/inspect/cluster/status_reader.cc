// StatusReader.

#include "tools/inspect/cluster/status_reader.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/retry.h"
#include "state/delivery_mode.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

// Group offset and checkpoint become visible at slightly different times.
constexpr int kComparisons = 5;
constexpr absl::Duration kBetween = absl::Milliseconds(100);
// So many offsets of a partition are read to count its lag.
constexpr int64_t kCounted = 20000;
// So many records after the last stable offset are looked at for a writer.
constexpr int64_t kInFlight = 100000;

absl::StatusOr<Offset> StableEnd(TopicReader* reader, Partition partition,
                                 const ScanOptions& options) {
  return AskWhileUnavailable(options.clock, options.patience,
                             [&] { return reader->StableEnd(partition); });
}

}  // namespace

absl::Status StatusReader::ReadOn(absl::Span<const Partition> partitions) {
  std::vector<Stretch> stretches;
  for (const Partition partition : partitions) {
    const auto end = StableEnd(results_, partition, options_);
    if (!end.ok()) return end.status();
    stretches.push_back({partition, positions_[partition],
                         std::max(positions_[partition], *end)});
  }
  const auto ends =
      Scan(results_, stretches, options_, [&](const LogRecord& record) {
        folds_[record.partition].Accept(record);
        return absl::OkStatus();
      });
  if (!ends.ok()) return ends.status();
  for (const StretchEnd& end : *ends) positions_[end.partition] = end.position;
  return absl::OkStatus();
}

absl::Status StatusReader::ReadWhole(absl::Span<const Partition> partitions) {
  const auto whole = WholePartitions(results_, partitions, options_);
  if (!whole.ok()) return whole.status();
  for (const Stretch& stretch : *whole) {
    folds_[stretch.partition] = PartitionFold();
    positions_[stretch.partition] = stretch.from;
  }
  return ReadOn(partitions);
}

absl::Status StatusReader::ReadState(absl::Span<const Partition> partitions) {
  std::vector<Partition> unproven(partitions.begin(), partitions.end());
  // Anew, as a restore does.
  for (int read = 0; read < kReadings && !unproven.empty(); ++read) {
    const absl::Status status = ReadWhole(unproven);
    if (!status.ok()) return status;
    std::vector<Partition> still;
    for (const Partition partition : unproven) {
      const PartitionFold& fold = folds_[partition];
      const bool nothing = fold.records() == 0;
      if (!nothing && (!fold.DigestVerified() || IsFollowed(partition))) {
        still.push_back(partition);
      }
    }
    unproven = std::move(still);
  }
  for (const Partition partition : partitions) {
    PartitionStatus at;
    at.partition = partition;
    status_->partitions.push_back(std::move(at));
  }
  Fill();
  return absl::OkStatus();
}

bool StatusReader::IsFollowed(Partition partition) {
  if (folds_[partition].after_checkpoint() == 0) return false;
  // Two writers at once, one of them fenced: its open transaction may hide the
  // rest of the other's commit.
  const auto end = results_->EndOffset(partition);
  return end.ok() && positions_[partition] >= *end;
}

void StatusReader::Fill() {
  for (PartitionStatus& at : status_->partitions) {
    const PartitionFold& fold = folds_[at.partition];
    at.checkpoint = fold.checkpoint();
    at.checkpoint_problem = fold.problem();
    at.committed_at = absl::FromUnixMillis(fold.committed_ms());
    const bool plain = at.checkpoint.has_value() &&
                       ModeOf(*at.checkpoint) != DeliveryMode::kExactlyOnce;
    if (plain) at.after_checkpoint = fold.after_checkpoint();
    at.digest_verified =
        fold.DigestVerified() && (plain || !IsFollowed(at.partition));
    at.step_under_way = fold.TakenOnTrust();
    at.keys = fold.keys().size();
    at.segments = fold.segments().size();
    at.records_read = fold.records();
    at.bytes_read = fold.bytes();
    at.largest_record = 0;
    for (const auto& [key, live] : fold.keys()) {
      at.largest_record = std::max(at.largest_record, live.bytes);
    }
  }
  status_->now = absl::Now();
}

const results::Checkpoint* StatusReader::AnyCheckpoint() const {
  for (const auto& [partition, fold] : folds_) {
    if (fold.checkpoint().has_value()) return &*fold.checkpoint();
  }
  return nullptr;
}

absl::Status StatusReader::ReadGroupOffsets(InputLog* group) {
  for (PartitionStatus& at : status_->partitions) {
    for (int i = 0; i < kComparisons; ++i) {
      if (i > 0) options_.clock->Sleep(kBetween);
      const absl::Status status = CompareGroup(group, &at);
      if (!status.ok()) return status;
      if (at.agreement != Agreement::kDiffer) break;
    }
    // Until it is decided nobody can say.
    if (at.agreement != Agreement::kDiffer) continue;
    const auto end = results_->EndOffset(at.partition);
    if (end.ok() && positions_[at.partition] < *end) {
      at.agreement = Agreement::kUndecided;
    }
  }
  Fill();
  return absl::OkStatus();
}

absl::Status StatusReader::CompareGroup(InputLog* group, PartitionStatus* at) {
  PartitionFold& fold = folds_[at->partition];
  const auto before = group->Committed(at->partition);
  if (absl::IsUnavailable(before.status())) {
    at->agreement = Agreement::kUndecided;
    return absl::OkStatus();
  }
  if (!before.ok()) return before.status();
  at->group_offset = *before;
  absl::Status status = ReadOn({at->partition});
  if (!status.ok()) return status;
  if (!before->has_value()) {
    at->agreement = Agreement::kNoGroupOffset;
    return absl::OkStatus();
  }
  at->agreement = Agreement::kAgree;
  if (fold.checkpoint().has_value() && fold.Passed(**before)) {
    const bool newest = fold.checkpoint()->next_offset() == (*before)->value();
    if (newest) return absl::OkStatus();
    // Of the past: true only if the group has moved on, too.
    const auto after = group->Committed(at->partition);
    if (after.ok() && after->has_value() && **before < **after) {
      at->group_offset = *after;
      return absl::OkStatus();
    }
    if (absl::IsUnavailable(after.status())) {
      at->agreement = Agreement::kUndecided;
      return absl::OkStatus();
    }
  }
  at->agreement = Agreement::kDiffer;
  if (!fold.checkpoint().has_value()) return AskWhose(group, at);
  // Without transactions one of the two is written before the other.
  const DeliveryMode mode = ModeOf(*fold.checkpoint());
  const Offset next(fold.checkpoint()->next_offset());
  if (**before < next && mode != DeliveryMode::kExactlyOnce) {
    at->agreement = Agreement::kBehind;
  } else if (**before > next && mode == DeliveryMode::kAtMostOnce) {
    at->agreement = Agreement::kAhead;
  }
  return absl::OkStatus();
}

absl::Status StatusReader::AskWhose(InputLog* group, PartitionStatus* at) {
  const auto note = group->CommittedNote(at->partition);
  if (absl::IsUnavailable(note.status())) {
    at->agreement = Agreement::kUndecided;
    return absl::OkStatus();
  }
  if (note.ok() && *note != kOffsetNote) at->agreement = Agreement::kForeign;
  return note.status();
}

void StatusReader::SetGroup(const GroupDescription& group) {
  status_->group = group;
  for (const GroupMember& member : group.members) {
    for (const auto& [topic, partition] : member.partitions) {
      if (topic != status_->input_topic) continue;
      for (PartitionStatus& at : status_->partitions) {
        if (at.partition.value() != partition) continue;
        at.owner = member.instance.empty() ? member.client : member.instance;
      }
    }
  }
}

absl::Status StatusReader::ReadInput(TopicReader* input,
                                     TopicReader* uncommitted) {
  for (PartitionStatus& at : status_->partitions) {
    const auto stable = StableEnd(input, at.partition, options_);
    if (!stable.ok()) return stable.status();
    const auto range = input->Range(at.partition);
    if (!range.ok()) return range.status();
    at.input = *range;
    at.input_stable = *stable;
    if (*stable >= range->high) continue;
    // What comes first there is the transaction's first record.
    const Stretch first = {at.partition, *stable, Next(*stable)};
    const auto read =
        Scan(uncommitted, {first}, options_, [&](const LogRecord& record) {
          at.open.push_back({status_->input_topic,
                             record.offset,
                             absl::FromUnixMillis(record.timestamp_ms),
                             {}});
          return absl::OkStatus();
        });
    if (!read.ok()) return read.status();
  }
  return CountLag(input);
}

absl::Status StatusReader::CountLag(TopicReader* input) {
  std::vector<Stretch> stretches;
  std::map<Partition, uint64_t> counts;
  for (PartitionStatus& at : status_->partitions) {
    if (!at.checkpoint.has_value()) continue;
    const Offset from =
        std::max(Offset(at.checkpoint->next_offset()), at.input->low);
    const int64_t distance = at.input_stable->value() - from.value();
    at.lag = static_cast<uint64_t>(std::max<int64_t>(0, distance));
    at.lag_counted = distance <= kCounted;
    if (distance > 0 && at.lag_counted) {
      stretches.push_back({at.partition, from, *at.input_stable});
      counts[at.partition] = 0;
    }
  }
  const auto ends =
      Scan(input, stretches, options_, [&](const LogRecord& record) {
        ++counts[record.partition];
        return absl::OkStatus();
      });
  if (!ends.ok()) return ends.status();
  for (PartitionStatus& at : status_->partitions) {
    const auto counted = counts.find(at.partition);
    if (counted != counts.end()) at.lag = counted->second;
  }
  return absl::OkStatus();
}

absl::Status StatusReader::ReadOpenResults(TopicReader* uncommitted) {
  for (PartitionStatus& at : status_->partitions) {
    const auto stable = StableEnd(results_, at.partition, options_);
    if (!stable.ok()) return stable.status();
    const auto range = results_->Range(at.partition);
    if (!range.ok()) return range.status();
    if (*stable >= range->high) continue;
    const Offset to(std::min(range->high.value(), stable->value() + kInFlight));
    OpenTransaction open;
    open.topic = status_->results_topic;
    open.from = Offset(-1);
    const auto read = Scan(
        uncommitted, {Stretch{at.partition, *stable, to}}, options_,
        [&](const LogRecord& record) {
          if (open.from < Offset(0)) {
            open.from = record.offset;
            open.since = absl::FromUnixMillis(record.timestamp_ms);
          }
          results::Checkpoint checkpoint;
          if (record.key == kCheckpointKey && record.value.has_value() &&
              DecodeCheckpoint(*record.value, &checkpoint).ok() &&
              std::find(open.writers_after.begin(), open.writers_after.end(),
                        checkpoint.writer()) == open.writers_after.end()) {
            open.writers_after.push_back(checkpoint.writer());
          }
          return absl::OkStatus();
        });
    if (!read.ok()) return read.status();
    if (open.from >= Offset(0)) at.open.push_back(std::move(open));
  }
  return absl::OkStatus();
}

}  // namespace exactmean
