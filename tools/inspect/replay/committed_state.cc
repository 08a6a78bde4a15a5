// ReadCommittedStates.

#include "tools/inspect/replay/committed_state.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "state/delivery_mode.h"
#include "state/reserved_keys.h"
#include "tools/inspect/records/late_records.h"

namespace exactmean {
namespace {

void TakeCheckpoint(const LogRecord& record, LateRecords* late,
                    CommittedState* state) {
  auto checkpoint = late->ReadCheckpoint(record);
  if (!checkpoint.has_value()) return;
  late->Hold(*checkpoint);
  state->after_checkpoint = 0;
  state->checkpoint = std::move(checkpoint);
}

absl::Status Take(const LogRecord& record,
                  absl::FunctionRef<bool(absl::string_view key)> wanted,
                  LateRecords* late, CommittedState* state) {
  ++state->records;
  if (!record.key.has_value()) {
    return absl::DataLossError(
        "it has no key: another program writes to the topic");
  }
  if (*record.key == kCheckpointKey) {
    TakeCheckpoint(record, late, state);
    return absl::OkStatus();
  }
  const auto made_by = late->MadeBy(record);
  if (!made_by.ok()) return made_by.status();
  const auto found = state->keys.find(*record.key);
  const bool held = found != state->keys.end();
  if (late->IsLate(*record.key, *made_by, record.value.has_value(),
                   held ? found->second.made_by : LateRecords::kUnknown)) {
    return absl::OkStatus();
  }
  ++state->after_checkpoint;
  if (!wanted(*record.key)) return absl::OkStatus();
  if (!record.value.has_value()) {
    if (held) state->keys.erase(found);
    return absl::OkStatus();
  }
  CommittedState::Entry& entry =
      held ? found->second : state->keys[*record.key];
  entry.offset = record.offset;
  entry.made_by = *made_by;
  entry.snapshot.assign(record.value->data(), record.value->size());
  return absl::OkStatus();
}

}  // namespace

std::string WhyUnsettled(const CommittedState& state) {
  if (state.after_checkpoint == 0) return "";
  const std::string follow =
      absl::StrCat(state.after_checkpoint, " records follow the checkpoint, ");
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
  for (const Partition partition : partitions) states[partition];
  std::map<Partition, LateRecords> late;
  std::map<Partition, Offset> read_to;
  std::vector<Partition> left(partitions.begin(), partitions.end());
  ScanOptions ahead = options;
  // Keys lie anywhere in memory.
  ahead.upcoming = [&](absl::Span<const LogRecord> records) {
    for (const LogRecord& record : records) {
      states[record.partition].keys.prefetch(record.key.value_or(""));
    }
  };
  while (!left.empty()) {
    auto stretches = CommittedPartitions(reader, left, options);
    if (!stretches.ok()) return stretches.status();
    for (Stretch& stretch : *stretches) {
      const auto before = read_to.find(stretch.partition);
      if (before != read_to.end()) stretch.from = before->second;
    }
    const auto ends =
        Scan(reader, *stretches, ahead, [&](const LogRecord& record) {
          return Take(record, wanted, &late[record.partition],
                      &states[record.partition]);
        });
    if (!ends.ok()) return ends.status();
    left.clear();
    for (const Stretch& stretch : *stretches) {
      CommittedState& state = states[stretch.partition];
      state.transaction_open = stretch.held_back;
      // Two writers at once, one of them fenced: the end may lie within a
      // transaction of the other, which goes on.
      const bool more = stretch.from < stretch.to;
      if (state.after_checkpoint > 0 && more && !stretch.held_back) {
        left.push_back(stretch.partition);
      }
      read_to[stretch.partition] = stretch.to;
    }
  }
  for (const auto& [partition, its] : late) {
    if (!its.bad().ok()) return its.bad();
  }
  return states;
}

}  // namespace exactmean
