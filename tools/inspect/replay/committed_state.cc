// ReadCommittedStates.

#include "tools/inspect/replay/committed_state.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "state/counts.h"
#include "state/delivery_mode.h"
#include "state/digest.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tools/inspect/records/key_segments.h"
#include "tools/inspect/records/late_records.h"
#include "tools/inspect/records/window_specs.h"
#include "xxhash.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(20);

// One partition while it is read.
class PartitionReading {
 public:
  explicit PartitionReading(CommittedState* state) : state_(state) {}

  absl::Status Take(const LogRecord& record,
                    absl::FunctionRef<bool(absl::string_view key)> wanted) {
    ++state_->records;
    digest_.reset();
    if (!record.key.has_value()) {
      return absl::DataLossError(
          "it has no key: another program writes to the topic");
    }
    const absl::string_view key = *record.key;
    if (key == kCheckpointKey) {
      TakeCheckpoint(record);
      return absl::OkStatus();
    }
    if (const auto segment = ParseSegmentKey(key)) {
      ++state_->after_checkpoint;
      const bool keep = wanted(segment->key);
      all_wanted_ = all_wanted_ && keep;
      if (keep) segments_.Take(*segment, record);
      return absl::OkStatus();
    }
    const auto made_by = late_.MadeBy(record);
    if (!made_by.ok()) return made_by.status();
    const bool keep = wanted(key);
    all_wanted_ = all_wanted_ && keep;
    if (late_.IsLate(key, *made_by, record.value.has_value(),
                     HeldOf(key, keep))) {
      return absl::OkStatus();
    }
    ++state_->after_checkpoint;
    if (keep) {
      Keep(record, *made_by);
    } else if (MayHoldLateOnes()) {
      unwanted_[HashOf(key)] =
          record.value.has_value() ? *made_by : LateRecords::kUnknown;
    }
    return absl::OkStatus();
  }

  const absl::Status& bad() const { return late_.bad(); }

  // Is the state that of its checkpoint? Of a part of the keys nobody can tell.
  bool Fits() {
    return all_wanted_ && state_->after_checkpoint == 0 &&
           state_->checkpoint.has_value() &&
           state_->checkpoint->digest() == Digest();
  }

  // After the last record: puts what lies in segments back into the snapshots.
  void MakeWhole() {
    state_->digest = Digest();
    Ranges ranges;
    absl::optional<WindowLayout> layout;
    if (state_->checkpoint.has_value()) {
      layout = SegmentedLayoutOf(*state_->checkpoint);
    }
    const bool in_segments = layout.has_value() && layout->in_segments();
    state_->keys.ForEach(
        [&](const std::string& key, const StoredSnapshots::Entry& entry) {
          if (in_segments) MakeWhole(*layout, key, entry, &ranges);
        });
    segments_.Visit([&](const SegmentKey& segment, absl::string_view bytes) {
      const std::string key = ToString(segment);
      const auto range = ranges.find(segment.key);
      if (range == ranges.end() ||
          segment.number - range->second.first >= range->second.count) {
        state_->keys.Put(key, {Offset(), Offset(), bytes});
      }
    });
  }

 private:
  // The segments that a key's snapshot speaks of.
  struct Range {
    uint64_t first = 0;
    uint64_t count = 0;
  };
  using Ranges = absl::flat_hash_map<std::string, Range>;

  uint64_t Digest() {
    if (digest_.has_value()) return *digest_;
    uint64_t digest = 0;
    state_->keys.ForEach(
        [&](const std::string& key, const StoredSnapshots::Entry& entry) {
          digest += RecordHash(key, entry.snapshot);
        });
    segments_.Visit([&](const SegmentKey& segment, absl::string_view bytes) {
      digest += RecordHash(ToString(segment), bytes);
    });
    digest_ = digest;
    return digest;
  }

  // One that its segments do not fit, or that no processor encoded, stays as it
  // is.
  void MakeWhole(const WindowLayout& layout, const std::string& key,
                 const StoredSnapshots::Entry& entry, Ranges* ranges) {
    results::Snapshot snapshot;
    if (!DecodeSnapshot(entry.snapshot, &snapshot).ok()) return;
    if (snapshot.segments() == 0 && snapshot.first_segment() == 0) return;
    (*ranges)[key] = {snapshot.first_segment(), snapshot.segments()};
    if (IsEncoding(entry.snapshot, snapshot) &&
        segments_.MakeWhole(layout, key, KeySegments::kNow, &snapshot).ok()) {
      state_->keys.Put(key,
                       {entry.offset, entry.made_by, EncodeResult(snapshot)});
    }
  }

  static uint64_t HashOf(absl::string_view key) {
    return XXH3_64bits(key.data(), key.size());
  }

  // Under transactions none is.
  bool MayHoldLateOnes() const {
    return !state_->checkpoint.has_value() || late_.plain();
  }

  Offset HeldOf(absl::string_view key, bool kept) const {
    if (!kept) {
      const auto found = unwanted_.find(HashOf(key));
      return found == unwanted_.end() ? LateRecords::kUnknown : found->second;
    }
    const StoredSnapshots::Entry* const found = state_->keys.Find(key);
    return found == nullptr ? LateRecords::kUnknown : found->made_by;
  }

  void Keep(const LogRecord& record, Offset made_by) {
    if (record.value.has_value()) {
      state_->keys.Put(*record.key, {record.offset, made_by, *record.value});
    } else {
      state_->keys.Erase(*record.key);
    }
  }

  void TakeCheckpoint(const LogRecord& record) {
    auto checkpoint = late_.ReadCheckpoint(record);
    if (!checkpoint.has_value()) return;
    late_.Hold(*checkpoint);
    state_->after_checkpoint = 0;
    state_->checkpoint = std::move(checkpoint);
  }

  CommittedState* const state_;
  LateRecords late_;
  KeySegments segments_;
  absl::optional<uint64_t> digest_;  // of what was taken, once asked for
  bool all_wanted_ = true;
  // By what the records of keys were made that are not kept.
  absl::flat_hash_map<uint64_t, Offset> unwanted_;
};

// May the records behind the checkpoint be of a step that is being written?
bool MayGoOn(const CommittedState& state) {
  return state.after_checkpoint > 0 && !state.transaction_open &&
         state.checkpoint.has_value() &&
         ModeOf(*state.checkpoint) != DeliveryMode::kExactlyOnce;
}

}  // namespace

std::string WhyUnsettled(const CommittedState& state) {
  if (state.after_checkpoint == 0) return "";
  const std::string follow = absl::StrCat(
      Plural(state.after_checkpoint, "record", "follows", "follow"),
      " the checkpoint, ");
  if (state.transaction_open) {
    return absl::StrCat(follow,
                        "and a transaction is open: what the state is cannot "
                        "be told before it ends");
  }
  if (!state.checkpoint.has_value() ||
      ModeOf(*state.checkpoint) == DeliveryMode::kExactlyOnce) {
    return "";
  }
  return absl::StrCat(
      follow, "written under ", ToString(ModeOf(*state.checkpoint)),
      ": a step is being written, or was not finished. Ask again; if no "
      "processor runs, start one first");
}

absl::StatusOr<std::map<Partition, CommittedState>> ReadCommittedStates(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options,
    absl::FunctionRef<bool(absl::string_view key)> wanted) {
  std::map<Partition, CommittedState> states;
  std::map<Partition, PartitionReading> readings;
  for (const Partition partition : partitions) {
    readings.emplace(partition, &states[partition]);
  }
  std::map<Partition, Offset> read_to;
  std::vector<Partition> left(partitions.begin(), partitions.end());
  ScanOptions ahead = options;
  // Keys lie anywhere in memory.
  ahead.upcoming = [&](absl::Span<const LogRecord> records) {
    for (const LogRecord& record : records) {
      states[record.partition].keys.Prefetch(record.key.value_or(""));
    }
  };
  absl::Time grew = options.clock->Now();
  for (int reading = 1; !left.empty(); ++reading) {
    auto stretches = CommittedPartitions(reader, left, options);
    if (!stretches.ok()) return stretches.status();
    for (Stretch& stretch : *stretches) {
      const auto before = read_to.find(stretch.partition);
      if (before != read_to.end()) stretch.from = before->second;
      if (stretch.from < stretch.to) grew = options.clock->Now();
    }
    const auto ends =
        Scan(reader, *stretches, ahead, [&](const LogRecord& record) {
          return readings.at(record.partition).Take(record, wanted);
        });
    if (!ends.ok()) return ends.status();
    left.clear();
    const bool patient = options.clock->Now() - grew < options.patience;
    for (const Stretch& stretch : *stretches) {
      CommittedState& state = states[stretch.partition];
      state.transaction_open = stretch.held_back;
      // Two writers at once, one of them fenced: the end may lie within a
      // transaction of the other, which goes on. Or compaction overtook this.
      const bool more = stretch.from < stretch.to && !stretch.held_back;
      if ((more && state.after_checkpoint > 0) ||
          (more && reading < kReadings &&
           !readings.at(stretch.partition).Fits()) ||
          (patient && MayGoOn(state))) {
        left.push_back(stretch.partition);
      }
      read_to[stretch.partition] = stretch.to;
    }
    if (options.stop != nullptr && *options.stop) {
      return absl::CancelledError("interrupted");
    }
    if (!left.empty()) options.clock->Sleep(kPause);
  }
  for (auto& [partition, reading] : readings) {
    if (!reading.bad().ok()) return reading.bad();
    reading.MakeWhole();
  }
  return states;
}

}  // namespace exactmean
