// What no replay of the input can make again.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_RETRIED_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_RETRIED_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "proto/result.pb.h"

namespace exactmean {

// In words; empty: records of the checkpoint's state were folded in in the
// order of the input.
inline std::string WhyNoReplay(const results::Checkpoint& checkpoint) {
  const uint64_t retried = checkpoint.dispositions().retried();
  if (retried == 0) return "";
  return absl::StrCat(
      retried, retried == 1 ? " record" : " records",
      " went to retry topics, to be folded in when they could be: the input "
      "does not tell when, so that the state cannot be made from it again");
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_RETRIED_H_
