// Moments: updates and merges.

#include "state/moments.h"

#include <algorithm>
#include <cmath>

namespace exactmean {

void Moments::Add(double x) {
  if (count_ == 0) {
    *this = Moments(1, {x, 0}, x, x, 0);
    return;
  }
  const double before = Mean();
  ++count_;
  sum_.Add(x);
  min_ = std::min(min_, x);
  max_ = std::max(max_, x);
  squared_deviations_ += (x - before) * (x - Mean());
}

void Moments::Merge(const Moments& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  const double apart = other.Mean() - Mean();
  const double a = static_cast<double>(count_);
  const double b = static_cast<double>(other.count_);
  squared_deviations_ +=
      other.squared_deviations_ + apart * apart * (a * b / (a + b));
  count_ += other.count_;
  sum_.Add(other.sum_.sum);
  sum_.compensation += other.sum_.compensation;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

Average Moments::ToAverage() const {
  Average result;
  if (count_ == 0) return result;
  result.average = Mean();
  result.count = count_;
  result.min = min_;
  result.max = max_;
  // Rounding can leave a trace of the wrong sign where all values are equal.
  result.stddev = std::sqrt(std::max(0.0, squared_deviations_) /
                            static_cast<double>(count_));
  return result;
}

}  // namespace exactmean
