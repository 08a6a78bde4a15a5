// The model for records that were read from a topic, and for a committed view
// of the results as a whole.

#ifndef EXACTMEAN_TESTS_WORLD_VIEW_CHECK_H_
#define EXACTMEAN_TESTS_WORLD_VIEW_CHECK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "state/spec.h"
#include "state/types.h"
#include "tests/world/model.h"

namespace exactmean {

// The windows of the tests that configure exactmean by file: the last 3 values,
// "last", and all of them, "all".
StateSpec LastAndAll();

// Windows to which the order of a key's records is nothing.
StateSpec AnyOrder();

// What an input record of plain numbers, read at its offset, is to the model.
ModelRecord ToModelRecord(const absl::optional<std::string>& key,
                          const absl::optional<std::string>& value,
                          int64_t timestamp_ms);

// Is `view` fold(n) for its checkpoint's n? An empty view is fine. On success
// `*next` is that n (-1 for an empty view).
absl::Status CheckView(const Model& model, const CommittedView& view,
                       Offset* next);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_VIEW_CHECK_H_
