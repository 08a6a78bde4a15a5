// The keys of a results topic that no input key may have.

#ifndef EXACTMEAN_STATE_RESERVED_KEYS_H_
#define EXACTMEAN_STATE_RESERVED_KEYS_H_

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// A reader of averages skips every key with this prefix.
constexpr absl::string_view kReservedPrefix = "__exactmean/";
constexpr absl::string_view kCheckpointKey = "__exactmean/checkpoint";

inline bool IsReservedKey(absl::string_view key) {
  return absl::StartsWith(key, kReservedPrefix);
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_RESERVED_KEYS_H_
