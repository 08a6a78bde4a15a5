// For tests: what a state writes in one step, in the order of the log.

#ifndef EXACTMEAN_STATE_WRITTEN_STEP_TESTING_H_
#define EXACTMEAN_STATE_WRITTEN_STEP_TESTING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/change_set.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/types.h"

namespace exactmean {

struct Written {
  std::string key;
  absl::optional<std::string> value;
  absl::optional<Offset> deleted_at;
};
// Records of a results partition, in the order of its offsets.
using OrderedLog = std::vector<Written>;

// What the state has to write, its checkpoint last; to the state it is in the
// log.
inline OrderedLog StepOf(PartitionState* state, absl::string_view writer) {
  const ChangeSet changes = state->Changes(writer);
  state->MarkCommitted();
  OrderedLog step;
  for (size_t i = 0; i < changes.size(); ++i) {
    Written record;
    record.key = std::string(changes.key(i));
    if (changes.value(i).has_value()) {
      record.value = std::string(*changes.value(i));
    } else {
      record.deleted_at = changes.deleted_at(i);
    }
    step.push_back(record);
  }
  step.push_back({std::string(kCheckpointKey),
                  std::string(changes.checkpoint()), absl::nullopt});
  return step;
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_WRITTEN_STEP_TESTING_H_
