// MonotonicClock.

#include "processor/clock.h"

#include <chrono>

namespace exactmean {

absl::Time MonotonicClock::Now() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace exactmean
