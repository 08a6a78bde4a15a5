// What the tests of PartitionState share: a pipeline, and the results partition
// as a map.

#ifndef EXACTMEAN_STATE_PARTITION_STATE_TESTING_H_
#define EXACTMEAN_STATE_PARTITION_STATE_TESTING_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "state/change_set.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/spec.h"
#include "state/types.h"

namespace exactmean {

constexpr Partition kPartition(3);

inline StateSpec TestSpec() {
  StateSpec spec;
  spec.source = "test";
  spec.windows = {{"last3", WindowSpec::Kind::kCount, 3, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

inline StateIdentity TestIdentity() { return {"app", "in", 8}; }

// The results partition as a reader of committed records sees it, compacted.
using Log = std::map<std::string, std::string>;

inline void Write(const ChangeSet& changes, Log* log) {
  for (size_t i = 0; i < changes.size(); ++i) {
    const std::string key(changes.key(i));
    if (changes.value(i).has_value()) {
      (*log)[key] = std::string(*changes.value(i));
    } else {
      log->erase(key);
    }
  }
  for (const ChangeSet::Segment& segment : changes.segments()) {
    if (segment.value.has_value()) {
      (*log)[segment.key] = *segment.value;
    } else {
      log->erase(segment.key);
    }
  }
  (*log)[std::string(kCheckpointKey)] = std::string(changes.checkpoint());
}

inline void Commit(PartitionState* state, Log* log) {
  Write(state->Changes("writer"), log);
  state->MarkCommitted();
}

inline absl::StatusOr<bool> Restore(const Log& log, PartitionState* state) {
  for (const auto& [key, value] : log) {
    const absl::Status status = state->Restore(key, value);
    if (!status.ok()) return status;
  }
  return state->FinishRestore();
}

class PartitionStateTest : public ::testing::Test {
 protected:
  PartitionState Empty() {
    PartitionState state(&pipeline_, kPartition);
    state.StartEmpty(Offset(0));
    return state;
  }
  static Sample At(double value, int64_t time = 0) {
    return {value, EventTime(time)};
  }
  // Two keys in the log.
  Log SomeLog() {
    PartitionState state = Empty();
    state.Apply(Offset(0), "a", At(1));
    state.Apply(Offset(1), "b", At(2));
    Log log;
    Commit(&state, &log);
    return log;
  }

  const Pipeline pipeline_{TestSpec(), TestIdentity()};
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PARTITION_STATE_TESTING_H_
