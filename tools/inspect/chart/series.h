// What a chart shows: named points.

#ifndef EXACTMEAN_TOOLS_INSPECT_CHART_SERIES_H_
#define EXACTMEAN_TOOLS_INSPECT_CHART_SERIES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace exactmean {

struct Point {
  int64_t time_us = 0;
  double value = 0;
};

// Lines are drawn from point to point, in this order.
struct Series {
  std::string name;
  std::vector<Point> points;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CHART_SERIES_H_
