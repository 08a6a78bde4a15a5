// An exponentially weighted average, by records or by event time.

#ifndef EXACTMEAN_STATE_DECAYED_H_
#define EXACTMEAN_STATE_DECAYED_H_

#include <cstdint>

#include "state/arithmetic.h"
#include "state/average.h"
#include "state/types.h"

namespace exactmean {

// A value type: weighted sum and weight as of `time`, the newest so far. By
// records the weight stays 1.
struct Decayed {
  double weighted_sum = 0;
  double weight = 0;
  uint64_t count = 0;
  EventTime time;

  // y' = y + alpha (x - y), the first value as it is: pandas'
  // ewm(alpha, adjust=False).
  void AddByRecords(const Sample& sample, double alpha) {
    weighted_sum = count == 0
                       ? sample.value
                       : weighted_sum + alpha * (sample.value - weighted_sum);
    weight = 1;
    if (count++ == 0 || sample.time > time) time = sample.time;
  }

  // Each value weighs 2^-(age / half_life): pandas' ewm(halflife, times). An
  // older sample than the newest enters with the weight it has left.
  void AddByTime(const Sample& sample, int64_t half_life_us) {
    if (count++ == 0) time = sample.time;
    // In doubles: the difference of two times may not fit their integers.
    const double ahead = static_cast<double>(sample.time.value()) -
                         static_cast<double>(time.value());
    const double halvings =
        std::fabs(ahead) / static_cast<double>(half_life_us);
    const double factor = NegativeExp2(halvings);
    if (sample.time > time) {
      weighted_sum = weighted_sum * factor + sample.value;
      weight = weight * factor + 1;
      time = sample.time;
    } else {
      weighted_sum += sample.value * factor;
      weight += factor;
    }
  }

  Average ToAverage() const {
    Average result;
    result.count = count;
    if (count > 0) result.average = weighted_sum / weight;
    return result;
  }
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_DECAYED_H_
