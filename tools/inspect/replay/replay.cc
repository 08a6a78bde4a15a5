// Replay.

#include "tools/inspect/replay/replay.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/record_handler.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/digest.h"

namespace exactmean {
namespace {

absl::Status HeldBack(const StretchEnd& end, const Stretch& stretch) {
  return absl::UnavailableError(absl::StrCat(
      "the input of partition ", end.partition.value(),
      " could be read to offset ", end.position.value(), " alone, of ",
      stretch.to.value(), ": an open transaction holds readers back"));
}

// What becomes of a bad record is decided here, and not by the handler, so that
// it can be told.
absl::Status Fold(const LogRecord& record, const ReplaySource& source,
                  const ScanOptions& options, RecordHandler* handler,
                  ReplayedPartition* to) {
  ++to->records;
  absl::Status status = handler->Handle(record, to->state.get());
  if (absl::IsUnavailable(status)) {
    status = RetryUnavailable(options.clock, options.patience, [&] {
      return handler->Handle(record, to->state.get());
    });
  }
  if (absl::IsUnavailable(status)) {
    return absl::UnavailableError(absl::StrFormat(
        "the pipeline's step cannot tell of the record in partition %d, offset "
        "%d: %s (--patience says how long it is asked)",
        record.partition.value(), record.offset.value(), status.message()));
  }
  if (!status.ok()) {
    if (ReasonOf(status) != StopReason::kBadRecord) return status;
    if (source.on_bad_record == BadRecordPolicy::kStop) {
      to->stopped = std::string(status.message());
      return absl::OkStatus();
    }
    to->state->Skip(record.offset);
    if (source.on_bad) source.on_bad(record);
    if (++to->bad_records == 1) to->first_bad = std::string(status.message());
  }
  to->anchor =
      RecordId{record.offset, record.timestamp_ms,
               RecordHash(record.key.value_or(""), record.value.value_or(""))};
  return absl::OkStatus();
}

using Replayed = std::map<Partition, ReplayedPartition>;

// As the processor does before it folds.
void Expect(absl::Span<const LogRecord> next, const Replayed& replayed,
            std::vector<absl::string_view>* keys) {
  keys->clear();
  const Partition first = next.front().partition;
  for (const LogRecord& record : next) {
    if (record.partition != first) break;
    if (record.key.has_value()) keys->push_back(*record.key);
  }
  const auto found = replayed.find(first);
  if (found != replayed.end()) found->second.state->Expect(*keys);
}

}  // namespace

absl::StatusOr<std::map<Partition, ReplayedPartition>> Replay(
    const ReplaySource& source, TopicReader* input,
    absl::Span<const Stretch> stretches, const ScanOptions& options,
    std::map<Partition, std::unique_ptr<PartitionState>> begun) {
  if (stretches.empty()) return Replayed();
  auto reader = MakeSampleReader(source.reading);
  if (!reader.ok()) return reader.status();
  RecordHandler handler(*std::move(reader), BadRecordPolicy::kStop,
                        source.pipeline->identity.input_topic);
  Replayed replayed;
  for (const Stretch& stretch : stretches) {
    ReplayedPartition& to = replayed[stretch.partition];
    to.state = std::move(begun[stretch.partition]);
    if (to.state != nullptr) continue;
    to.state =
        std::make_unique<PartitionState>(source.pipeline, stretch.partition);
    to.state->KeepOnly(source.wanted);
    to.state->StartEmpty(stretch.from);
  }
  std::vector<absl::string_view> keys;
  ScanOptions ahead = options;
  ahead.upcoming = [&](absl::Span<const LogRecord> next) {
    Expect(next, replayed, &keys);
  };
  // Records come in runs of one partition.
  Partition current(-1);
  ReplayedPartition* to = nullptr;
  const auto ends = Scan(input, stretches, ahead, [&](const LogRecord& record) {
    if (to == nullptr || record.partition != current) {
      current = record.partition;
      to = &replayed[current];
    }
    // Delivered twice, as the processor ignores it.
    if (record.offset < to->state->next_offset()) return absl::OkStatus();
    if (!to->stopped.empty()) return absl::OkStatus();
    return Fold(record, source, options, &handler, to);
  });
  if (!ends.ok()) return ends.status();
  for (const StretchEnd& end : *ends) {
    for (const Stretch& stretch : stretches) {
      if (stretch.partition == end.partition && end.held_back) {
        return HeldBack(end, stretch);
      }
    }
  }
  for (auto& [partition, to_anchor] : replayed) {
    if (to_anchor.anchor.has_value()) {
      to_anchor.state->SetAnchor(*to_anchor.anchor);
    }
  }
  return replayed;
}

bool KeysAreIndependent(const StateSpec& spec) {
  return !spec.grace_us.has_value() && !spec.idle_key_ttl_us.has_value();
}

}  // namespace exactmean
