// SampleRing: growth, and the average over its newest values.

#include "state/sample_ring.h"

#include <algorithm>
#include <cmath>

#include "state/arithmetic.h"

namespace exactmean {
namespace {

// Room allocated for a ring of `size` values.
uint32_t Room(uint32_t size, uint32_t capacity) {
  uint32_t room = 2;
  while (room < size) room *= 2;
  return std::min(room, capacity);
}

}  // namespace

void SampleRing::Push(double value, uint32_t capacity) {
  if (size_ == capacity) {
    values_[oldest_] = value;
    if (++oldest_ == capacity) oldest_ = 0;
    return;
  }
  const uint32_t room = size_ == 0 ? 0 : Room(size_, capacity);
  if (size_ == room) {
    // new double[n] without (): no zeros where values follow at once.
    std::unique_ptr<double[]> larger(new double[Room(size_ + 1, capacity)]);
    std::copy_n(values_.get(), size_, larger.get());
    values_ = std::move(larger);
  }
  values_[size_++] = value;
}

double SampleRing::Newest(uint32_t age, uint32_t capacity) const {
  uint32_t at = oldest_ + (size_ - 1 - age);
  if (at >= capacity) at -= capacity;
  return values_[at];
}

Average SampleRing::Over(uint32_t window, uint32_t capacity) const {
  Average result;
  const uint32_t n = std::min(window, size_);
  if (n == 0) return result;
  CompensatedSum sum;
  result.min = result.max = Newest(0, capacity);
  for (uint32_t age = n; age-- > 0;) {
    const double x = Newest(age, capacity);
    sum.Add(x);
    result.min = std::min(result.min, x);
    result.max = std::max(result.max, x);
  }
  result.count = n;
  result.average = sum.value() / n;
  CompensatedSum squares;
  for (uint32_t age = n; age-- > 0;) {
    const double apart = Newest(age, capacity) - result.average;
    squares.Add(apart * apart);
  }
  result.stddev = std::sqrt(squares.value() / n);
  return result;
}

void SampleRing::Assign(absl::Span<const double> values, uint32_t capacity) {
  size_ = static_cast<uint32_t>(values.size());
  oldest_ = 0;
  values_.reset(size_ == 0 ? nullptr : new double[Room(size_, capacity)]);
  std::copy(values.begin(), values.end(), values_.get());
}

}  // namespace exactmean
