// The result of one window.

#ifndef EXACTMEAN_STATE_AVERAGE_H_
#define EXACTMEAN_STATE_AVERAGE_H_

#include <cstdint>

namespace exactmean {

// `count` values are in the window; when it is 0 the rest means nothing. For an
// ewma window `average` and `count` (values since the key's first) alone count.
struct Average {
  double average = 0;
  uint64_t count = 0;
  double min = 0;
  double max = 0;
  double stddev = 0;  // of the population

  friend bool operator==(const Average& a, const Average& b) {
    return a.average == b.average && a.count == b.count && a.min == b.min &&
           a.max == b.max && a.stddev == b.stddev;
  }
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_AVERAGE_H_
