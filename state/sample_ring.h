// The newest values of a key in the order of the log: what the count windows of
// a pipeline share.

#ifndef EXACTMEAN_STATE_SAMPLE_RING_H_
#define EXACTMEAN_STATE_SAMPLE_RING_H_

#include <cstdint>

#include "absl/types/span.h"
#include "state/average.h"

namespace exactmean {

// Holds at most `capacity` values, the longest count window's size, which every
// call is given anew: a million rings need not each remember it. Memory grows
// with the values held, in powers of two, unless it was lent.
class SampleRing {
 public:
  SampleRing() : oldest_(0), lent_(0) {}
  SampleRing(const SampleRing&) = delete;
  SampleRing& operator=(const SampleRing&) = delete;
  ~SampleRing() {
    if (lent_ == 0) delete[] values_;
  }

  // From now on the values are in `room`, which is for `capacity` of them and
  // outlives the ring. REQUIRES: nothing was pushed yet.
  void Lend(double* room) {
    values_ = room;
    lent_ = 1;
  }

  void Push(double value, uint32_t capacity);

  // The value `age` places before the newest. REQUIRES: age < size().
  double Newest(uint32_t age, uint32_t capacity) const;

  // Over the newest min(window, size()) values, summed oldest first.
  Average Over(uint32_t window, uint32_t capacity) const;

  // REQUIRES: values.size() <= capacity. Oldest first.
  void Assign(absl::Span<const double> values, uint32_t capacity);

  void Clear();

  uint32_t size() const { return size_; }

 private:
  double* values_ = nullptr;  // owned unless lent
  uint32_t size_ = 0;
  uint32_t oldest_ : 31;  // 0 until the ring is full
  uint32_t lent_ : 1;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_SAMPLE_RING_H_
