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
  if (size_ == room && lent_ == 0) {
    // new double[n] without (): no zeros where values follow at once.
    auto* larger = new double[Room(size_ + 1, capacity)];
    std::copy_n(values_, size_, larger);
    delete[] values_;
    values_ = larger;
  }
  values_[size_++] = value;
}

double SampleRing::Newest(uint32_t age, uint32_t capacity) const {
  uint32_t at = oldest_ + (size_ - 1 - age);
  if (at >= capacity) at -= capacity;
  return values_[at];
}

// The newest `n`, oldest first, lie in two stretches: before the ring's end,
// and from its beginning.
Average SampleRing::Over(uint32_t window, uint32_t capacity) const {
  Average result;
  const uint32_t n = std::min(window, size_);
  if (n == 0) return result;
  uint32_t begin = oldest_ + (size_ - n);
  if (begin >= capacity) begin -= capacity;
  const double* const first = values_ + begin;
  const double* const first_end = first + std::min(n, size_ - begin);
  const double* const second_end =
      values_ + (n - static_cast<uint32_t>(first_end - first));
  const auto each = [&](auto&& visit) {
    for (const double* x = first; x != first_end; ++x) visit(*x);
    for (const double* x = values_; x != second_end; ++x) visit(*x);
  };

  CompensatedSum sum;
  // Of 0 and -0 the newest counts.
  double least = Newest(0, capacity), most = least;
  each([&](double x) {
    sum.Add(x);
    least = std::min(least, x);
    most = std::max(most, x);
  });
  result.count = n;
  result.min = least;
  result.max = most;
  const double average = sum.value() / n;
  result.average = average;
  CompensatedSum squares;
  each([&](double x) {
    const double apart = x - average;
    squares.Add(apart * apart);
  });
  result.stddev = std::sqrt(squares.value() / n);
  return result;
}

void SampleRing::Assign(absl::Span<const double> values, uint32_t capacity) {
  Clear();
  size_ = static_cast<uint32_t>(values.size());
  if (lent_ == 0 && size_ > 0) values_ = new double[Room(size_, capacity)];
  std::copy(values.begin(), values.end(), values_);
}

void SampleRing::Clear() {
  size_ = 0;
  oldest_ = 0;
  if (lent_ != 0) return;
  delete[] values_;
  values_ = nullptr;
}

}  // namespace exactmean
