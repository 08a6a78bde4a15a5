// A key's samples in the order of event time: what the exact time windows of a
// pipeline share.

#ifndef EXACTMEAN_STATE_TIMED_SAMPLES_H_
#define EXACTMEAN_STATE_TIMED_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "state/average.h"
#include "state/types.h"

namespace exactmean {

// Holds the samples with time in (newest - length, newest], `length` being the
// longest exact time window's. Samples of equal time stand in the order of the
// log.
class TimedSamples {
 public:
  // Out of order is fine; a sample already out of the window is let go.
  void Add(const Sample& sample, int64_t length_us);

  // Over the samples in (newest - length, newest], summed oldest first.
  Average Over(int64_t length_us) const;

  absl::Span<const Sample> samples() const {
    return absl::MakeConstSpan(samples_).subspan(first_);
  }

  // REQUIRES: in order of time.
  void Assign(std::vector<Sample> samples);

 private:
  // The first sample of the window that ends at the newest sample.
  size_t WindowBegin(int64_t length_us) const;

  std::vector<Sample> samples_;
  size_t first_ = 0;  // what lies before is gone, and erased now and then
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_TIMED_SAMPLES_H_
