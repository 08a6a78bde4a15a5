// One key in full, now or at an earlier time, as text and as JSON.

#ifndef EXACTMEAN_TOOLS_INSPECT_GET_KEY_ANSWER_H_
#define EXACTMEAN_TOOLS_INSPECT_GET_KEY_ANSWER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/past/answer_label.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

struct KeyAnswer {
  std::string key;
  Partition partition = Partition(-1);  // -1: not known
  AnswerLabel label = AnswerLabel::kNow;
  absl::optional<Offset> at;             // of the input; not when kNow
  std::string reason;                    // why it is unavailable
  absl::optional<std::string> snapshot;  // absent: there was no such key
  Offset results_offset = Offset(-1);    // of the snapshot; -1: it is replayed
};

// kDataLoss, with the place: it is no snapshot. `checkpoint`: any of the same
// state, for the windows; null: there is none.
absl::StatusOr<std::string> KeyAnswerText(const KeyAnswer& answer,
                                          const results::Checkpoint* checkpoint,
                                          const Terminal& terminal);

// One line; see the help of `get`.
absl::StatusOr<std::string> KeyAnswerJson(
    const KeyAnswer& answer, const results::Checkpoint* checkpoint);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_GET_KEY_ANSWER_H_
