// The moments of a growing set of values: what a cumulative window and a pane
// hold.

#ifndef EXACTMEAN_STATE_MOMENTS_H_
#define EXACTMEAN_STATE_MOMENTS_H_

#include <cstdint>

#include "state/arithmetic.h"
#include "state/average.h"

namespace exactmean {

// A value type. Results depend on the order of Add and Merge in their last
// bits, so callers keep to the order of the log.
class Moments {
 public:
  Moments() = default;
  Moments(uint64_t count, CompensatedSum sum, double min, double max,
          double squared_deviations)
      : count_(count),
        sum_(sum),
        min_(min),
        max_(max),
        squared_deviations_(squared_deviations) {}

  // Welford's update, on means taken from the compensated sum.
  void Add(double x);

  // Adds the values of `other`: Chan, Golub and LeVeque, "Updating formulae and
  // a pairwise algorithm for computing sample variances" (1979).
  void Merge(const Moments& other);

  Average ToAverage() const;

  uint64_t count() const { return count_; }
  CompensatedSum sum() const { return sum_; }
  double min() const { return min_; }
  double max() const { return max_; }
  double squared_deviations() const { return squared_deviations_; }

 private:
  double Mean() const { return sum_.value() / static_cast<double>(count_); }

  uint64_t count_ = 0;
  CompensatedSum sum_;
  double min_ = 0;
  double max_ = 0;
  double squared_deviations_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_MOMENTS_H_
