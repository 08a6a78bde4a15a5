// What of a configuration changes the state, as text, and its hash: a state
// made under one fingerprint is not continued under another.

#ifndef EXACTMEAN_STATE_FINGERPRINT_H_
#define EXACTMEAN_STATE_FINGERPRINT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "state/spec.h"

namespace exactmean {

struct Fingerprint {
  std::string text;  // one line a rule or window
  uint64_t hash = 0;
};

Fingerprint FingerprintOf(const StateSpec& spec);

// The lines in which they differ, as "- was" and "+ is", for an error message.
std::string DescribeDifference(absl::string_view was, absl::string_view is);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_FINGERPRINT_H_
