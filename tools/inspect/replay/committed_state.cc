// ReadCommittedStates.

#include "tools/inspect/replay/committed_state.h"

#include <vector>

#include "absl/status/status.h"
#include "state/reserved_keys.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {
namespace {

absl::Status TakeCheckpoint(const LogRecord& record, CommittedState* state) {
  state->after_checkpoint = 0;
  return DecodeCheckpointRecord(record, &state->checkpoint.emplace());
}

absl::Status Take(const LogRecord& record,
                  absl::FunctionRef<bool(absl::string_view key)> wanted,
                  CommittedState* state) {
  ++state->records;
  if (!record.key.has_value()) {
    return absl::DataLossError(
        "it has no key: another program writes to the topic");
  }
  if (*record.key == kCheckpointKey) return TakeCheckpoint(record, state);
  ++state->after_checkpoint;
  if (!wanted(*record.key)) return absl::OkStatus();
  if (!record.value.has_value()) {
    state->keys.erase(*record.key);
    return absl::OkStatus();
  }
  CommittedState::Entry& entry = state->keys[*record.key];
  entry.offset = record.offset;
  entry.snapshot.assign(record.value->data(), record.value->size());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::map<Partition, CommittedState>> ReadCommittedStates(
    TopicReader* reader, absl::Span<const Partition> partitions,
    const ScanOptions& options,
    absl::FunctionRef<bool(absl::string_view key)> wanted) {
  std::map<Partition, CommittedState> states;
  for (const Partition partition : partitions) states[partition];
  std::map<Partition, Offset> read_to;
  std::vector<Partition> left(partitions.begin(), partitions.end());
  while (!left.empty()) {
    auto stretches = CommittedPartitions(reader, left, options);
    if (!stretches.ok()) return stretches.status();
    for (Stretch& stretch : *stretches) {
      const auto before = read_to.find(stretch.partition);
      if (before != read_to.end()) stretch.from = before->second;
    }
    const auto ends =
        Scan(reader, *stretches, options, [&](const LogRecord& record) {
          return Take(record, wanted, &states[record.partition]);
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
  return states;
}

}  // namespace exactmean
