// When a burst of work is over.

#ifndef EXACTMEAN_PROCESSOR_BURST_H_
#define EXACTMEAN_PROCESSOR_BURST_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace exactmean {

// Told how many records were handled so far, it says once of each burst that it
// is over: when a few seconds brought less than a tenth of what the busiest
// before them did. The memory that a catching up took for its buffers is then
// of no use to the process. A value.
class Burst {
 public:
  explicit Burst(absl::Time now) : looked_at_(now) {}

  bool IsOver(uint64_t records, absl::Time now) {
    constexpr absl::Duration kEvery = absl::Seconds(3);
    if (now - looked_at_ < kEvery) return false;
    const uint64_t handled = records - records_;
    looked_at_ = now;
    records_ = records;
    if (handled >= busiest_ / 10) {
      busiest_ = std::max(busiest_, handled);
      return false;
    }
    busiest_ = handled;
    return true;
  }

 private:
  absl::Time looked_at_;
  uint64_t records_ = 0;  // then
  uint64_t busiest_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_BURST_H_
