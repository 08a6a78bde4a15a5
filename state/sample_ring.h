// The newest values of a key in the order of the log: what the count windows of
// a pipeline share.

#ifndef EXACTMEAN_STATE_SAMPLE_RING_H_
#define EXACTMEAN_STATE_SAMPLE_RING_H_

#include <cstdint>
#include <memory>

#include "absl/types/span.h"
#include "state/average.h"

namespace exactmean {

// Holds at most `capacity` values, the longest count window's size, which every
// call is given anew: a million rings need not each remember it. Memory grows
// with the values held, in powers of two.
class SampleRing {
 public:
  void Push(double value, uint32_t capacity);

  // The value `age` places before the newest. REQUIRES: age < size().
  double Newest(uint32_t age, uint32_t capacity) const;

  // Over the newest min(window, size()) values, summed oldest first.
  Average Over(uint32_t window, uint32_t capacity) const;

  // REQUIRES: values.size() <= capacity. Oldest first.
  void Assign(absl::Span<const double> values, uint32_t capacity);

  uint32_t size() const { return size_; }

 private:
  std::unique_ptr<double[]> values_;
  uint32_t size_ = 0;
  uint32_t oldest_ = 0;  // 0 until the ring is full
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_SAMPLE_RING_H_
