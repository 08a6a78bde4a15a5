// The range of an axis and its ticks, at numbers that people like.

#ifndef EXACTMEAN_TOOLS_INSPECT_CHART_AXIS_H_
#define EXACTMEAN_TOOLS_INSPECT_CHART_AXIS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace exactmean {

struct Tick {
  double at = 0;
  std::string label;
};

// Grows to hold what it is shown; never without extent.
class Extent {
 public:
  void Include(double value);
  // Wider on both sides by a share of itself.
  void Pad(double share);
  bool empty() const { return low_ > high_; }
  // A little apart when all values are one.
  double low() const;
  double high() const;
  // Where `value` lies, from 0 to 1.
  double Share(double value) const {
    return (value - low()) / (high() - low());
  }

 private:
  double low_ = 1;
  double high_ = 0;
};

// Multiples of 1, 2 or 5 times a power of ten, about `count`, within.
std::vector<Tick> NumberTicks(const Extent& extent, int count);

// Of microseconds, in UTC: whole seconds, minutes, hours, days, months or
// years, as many decimals of a second as it takes below.
std::vector<Tick> TimeTicks(const Extent& extent, int count);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CHART_AXIS_H_
