// What no replay of the input can make again.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_RETRIED_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_RETRIED_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/result.pb.h"
#include "state/counts.h"
#include "state/dispositions.h"

namespace exactmean {

// In words; empty: records of the checkpoint's state were folded in in the
// order of the input.
inline std::string WhyNoReplay(const results::Checkpoint& checkpoint) {
  const uint64_t retried = checkpoint.dispositions().retried();
  if (retried == 0) return "";
  return absl::StrCat(
      Plural(retried, "record"),
      " went to retry topics, to be folded in when they could be: the input "
      "does not tell when, so that the state cannot be made from it again");
}

// In words; empty: a replay of so many records, from where the checkpoint's
// state was begun, is of all that were processed.
inline std::string WhyFewer(const results::Checkpoint& checkpoint,
                            uint64_t replayed) {
  const uint64_t processed = RecordsOf(checkpoint.dispositions());
  if (replayed >= processed) return "";
  return absl::StrCat("the input holds ",
                      Plural(processed - replayed, "record"),
                      " fewer than were processed");
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_RETRIED_H_
