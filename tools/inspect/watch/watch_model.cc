// WatchModel.

#include "tools/inspect/watch/watch_model.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "state/delivery_mode.h"
#include "state/dispositions.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {
namespace {

// How much of both: 0 for no change, 1 for another sign or from 0.
double Change(const Mover& mover) {
  const double size = std::fabs(mover.before) + std::fabs(mover.now);
  return size == 0 ? 0 : std::fabs(mover.now - mover.before) / size;
}

}  // namespace

WatchModel::WatchModel(std::vector<Partition> partitions, std::string window,
                       size_t movers)
    : window_(std::move(window)), max_movers_(movers) {
  for (const Partition partition : partitions) partitions_[partition];
}

absl::Status WatchModel::Accept(const LogRecord& record) {
  State& state = partitions_[record.partition];
  const absl::string_view key = record.key.value_or("");
  if (key == kCheckpointKey) return AcceptCheckpoint(record, &state);
  if (IsReservedKey(key)) return absl::OkStatus();
  if (record.value.has_value()) {
    return AcceptSnapshot(key, *record.value, &state);
  }
  state.keys.erase(key);
  state.touched.erase(key);
  return absl::OkStatus();
}

absl::Status WatchModel::AcceptCheckpoint(const LogRecord& record,
                                          State* state) {
  results::Checkpoint checkpoint;
  const absl::Status status = DecodeCheckpointRecord(record, &checkpoint);
  if (!status.ok()) return status;
  // Of an owner that had lost the partition.
  if (state->checkpoint.has_value() &&
      IsStale(checkpoint, *state->checkpoint)) {
    return absl::OkStatus();
  }
  const auto& windows = checkpoint.windows();
  const auto named = std::find(windows.begin(), windows.end(), window_);
  if (!window_.empty() && named == windows.end()) {
    return absl::NotFoundError(absl::StrCat("no window \"", window_,
                                            "\"; there are ",
                                            absl::StrJoin(windows, ", ")));
  }
  if (windows.empty()) return absl::DataLossError("a checkpoint of no windows");
  const int index =
      window_.empty() ? 0 : static_cast<int>(named - windows.begin());
  // Averages read so far were of another one: watch anew.
  if (index != window_index_) {
    for (auto& [partition, its] : partitions_) its.keys.clear();
  }
  window_index_ = index;
  window_name_ = checkpoint.windows(index);
  input_topic_ = checkpoint.input_topic();
  if (!state->counted) {
    state->counted = true;
    state->records_before = RecordsOf(checkpoint.dispositions());
  }
  ++state->commits;
  state->checkpoint_ms = record.timestamp_ms;
  state->checkpoint = std::move(checkpoint);
  return absl::OkStatus();
}

absl::Status WatchModel::AcceptSnapshot(absl::string_view key,
                                        absl::string_view value, State* state) {
  results::Snapshot snapshot;
  const absl::Status status = DecodeSnapshot(value, &snapshot);
  if (!status.ok()) return status;
  if (snapshot.averages_size() <= window_index_) return absl::OkStatus();
  const auto [it, is_new] = state->keys.try_emplace(key);
  it->second.now = snapshot.averages(window_index_).average();
  if (is_new) it->second.before = it->second.now;
  state->touched.emplace(key);
  return absl::OkStatus();
}

void WatchModel::Forget(Partition partition) {
  const absl::optional<Offset> input_end = partitions_[partition].input_end;
  partitions_[partition] = State();
  partitions_[partition].input_end = input_end;
}

WatchedPartition WatchModel::Watched(Partition partition, State* state,
                                     absl::Time now, double seconds) const {
  WatchedPartition watched;
  watched.partition = partition;
  if (state->checkpoint.has_value()) {
    const results::Checkpoint& checkpoint = *state->checkpoint;
    watched.next_offset = Offset(checkpoint.next_offset());
    watched.keys = checkpoint.keys();
    if (state->input_end.has_value()) {
      watched.lag = std::max<int64_t>(
          0, state->input_end->value() - checkpoint.next_offset());
    }
    if (state->checkpoint_ms >= 0) {
      watched.commit_age =
          std::max(absl::ZeroDuration(),
                   now - absl::FromUnixMillis(state->checkpoint_ms));
    }
    const uint64_t records = RecordsOf(checkpoint.dispositions());
    // A rewind takes them back.
    if (seconds > 0 && records >= state->records_before) {
      watched.records_per_second =
          static_cast<double>(records - state->records_before) / seconds;
    }
    state->records_before = records;
  }
  if (seconds > 0) {
    watched.commits_per_second = static_cast<double>(state->commits) / seconds;
  }
  state->commits = 0;
  return watched;
}

void WatchModel::TakeMovers(Partition partition, State* state,
                            std::vector<Mover>* movers) const {
  for (const std::string& key : state->touched) {
    const auto it = state->keys.find(key);
    if (it == state->keys.end()) continue;
    Entry& entry = it->second;
    if (last_tick_.has_value() && !entry.is_new && entry.now != entry.before) {
      movers->push_back({key, partition, entry.before, entry.now});
    }
    entry.before = entry.now;
    entry.is_new = false;
  }
  state->touched.clear();
}

WatchView WatchModel::Tick(absl::Time now) {
  WatchView view;
  view.time = now;
  view.window = window_name_;
  if (last_tick_.has_value()) view.interval = now - *last_tick_;
  const double seconds = absl::ToDoubleSeconds(view.interval);
  for (auto& [partition, state] : partitions_) {
    view.partitions.push_back(Watched(partition, &state, now, seconds));
    TakeMovers(partition, &state, &view.movers);
  }
  std::sort(view.movers.begin(), view.movers.end(),
            [](const Mover& a, const Mover& b) {
              const double change_a = Change(a);
              const double change_b = Change(b);
              return change_a != change_b ? change_a > change_b : a.key < b.key;
            });
  if (view.movers.size() > max_movers_) view.movers.resize(max_movers_);
  last_tick_ = now;
  return view;
}

}  // namespace exactmean
