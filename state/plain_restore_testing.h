// What the tests of restores without transactions share: a results partition in
// the order in which it was written, and an input.

#ifndef EXACTMEAN_STATE_PLAIN_RESTORE_TESTING_H_
#define EXACTMEAN_STATE_PLAIN_RESTORE_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/types.h"
#include "state/written_step_testing.h"

namespace exactmean {

class PlainRestoreTest : public PartitionStateTest {
 protected:
  static OrderedLog StepOf(PartitionState* state) {
    return exactmean::StepOf(state, "writer");
  }
  static void Add(const OrderedLog& step, OrderedLog* log) {
    log->insert(log->end(), step.begin(), step.end());
  }
  static absl::StatusOr<bool> Read(const OrderedLog& log,
                                   PartitionState* state) {
    for (const Written& record : log) {
      absl::optional<absl::string_view> value;
      if (record.value.has_value()) value = *record.value;
      const absl::Status status = state->Restore(
          record.key, value,
          state->wants_deletion_offsets() ? record.deleted_at : absl::nullopt);
      if (!status.ok()) return status;
    }
    return state->FinishRestore();
  }
  // The input: offset 0 "a", 1 "b", then what a test adds.
  PartitionState Begun(OrderedLog* log) {
    PartitionState state(&alo_, kPartition);
    state.StartEmpty(Offset(0));
    Fold(0, 2, &state);
    *log = StepOf(&state);
    return state;
  }
  // "a" at even offsets, "b" at odd ones; at 7 "b" is deleted.
  static void Fold(int64_t from, int64_t to, PartitionState* state) {
    for (int64_t o = from; o < to; ++o) {
      if (o == 7) {
        state->Delete(Offset(o), "b");
      } else {
        state->Apply(Offset(o), o % 2 == 0 ? "a" : "b",
                     At(static_cast<double>(o) + 0.5));
      }
    }
  }
  // One that has folded all of it in one go.
  Log OneGo(int64_t to) {
    PartitionState state(&alo_, kPartition);
    state.StartEmpty(Offset(0));
    Fold(0, to, &state);
    Log log;
    Commit(&state, &log);
    log.erase(std::string(kCheckpointKey));
    return log;
  }
  static Log Snapshots(PartitionState* state) {
    Log log;
    state->VisitSnapshots(
        [](absl::string_view) { return true; },
        [&](absl::string_view key, absl::string_view snapshot) {
          log[std::string(key)] = std::string(snapshot);
        });
    return log;
  }

  const Pipeline alo_{TestSpec(), TestIdentity(), DeliveryMode::kAtLeastOnce};
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PLAIN_RESTORE_TESTING_H_
