// The definitions, in long double and without regard to speed.

#include "tests/world/window_definitions.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace exactmean {
namespace {

int64_t Newest(absl::Span<const Sample> samples) {
  int64_t newest = samples[0].time.value();
  for (const Sample& s : samples) newest = std::max(newest, s.time.value());
  return newest;
}

int64_t PaneOf(int64_t time, int64_t resolution) {
  const int64_t pane = time / resolution;
  return time % resolution < 0 ? pane - 1 : pane;
}

// The values that a window of values, not of weights, holds.
std::vector<double> Held(const WindowSpec& window,
                         absl::Span<const Sample> samples) {
  std::vector<double> values;
  const int64_t newest = Newest(samples);
  for (size_t i = 0; i < samples.size(); ++i) {
    const int64_t time = samples[i].time.value();
    bool held = true;
    if (window.kind == WindowSpec::Kind::kCount) {
      held = samples.size() - i <= window.size;
    } else if (window.kind == WindowSpec::Kind::kTimeExact) {
      held = time > newest - window.length_us;
    } else if (window.kind == WindowSpec::Kind::kTimePanes) {
      held = PaneOf(time, window.resolution_us) >
             PaneOf(newest, window.resolution_us) -
                 window.length_us / window.resolution_us;
    }
    if (held) values.push_back(samples[i].value);
  }
  return values;
}

Average OfValues(const std::vector<double>& values) {
  Average result;
  result.count = values.size();
  result.min = *std::min_element(values.begin(), values.end());
  result.max = *std::max_element(values.begin(), values.end());
  const auto n = static_cast<long double>(values.size());
  long double sum = 0;
  for (const double value : values) sum += value;
  const long double mean = sum / n;
  long double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  result.average = static_cast<double>(mean);
  result.stddev = static_cast<double>(std::sqrt(squares / n));
  return result;
}

Average EwmaByRecords(double alpha, absl::Span<const Sample> samples) {
  long double average = samples[0].value;
  for (const Sample& s : samples.subspan(1)) {
    average += alpha * (s.value - average);
  }
  Average result;
  result.count = samples.size();
  result.average = static_cast<double>(average);
  return result;
}

Average EwmaByTime(int64_t half_life, absl::Span<const Sample> samples) {
  const int64_t newest = Newest(samples);
  long double sum = 0;
  long double weights = 0;
  for (const Sample& s : samples) {
    const long double age = newest - s.time.value();
    const long double weight = std::exp2(-age / half_life);
    sum += weight * s.value;
    weights += weight;
  }
  Average result;
  result.count = samples.size();
  result.average = static_cast<double>(sum / weights);
  return result;
}

}  // namespace

Average AverageByDefinition(const WindowSpec& window,
                            absl::Span<const Sample> samples) {
  switch (window.kind) {
    case WindowSpec::Kind::kEwmaRecords:
      return EwmaByRecords(window.alpha, samples);
    case WindowSpec::Kind::kEwmaHalfLife:
      return EwmaByTime(window.half_life_us, samples);
    case WindowSpec::Kind::kCount:
    case WindowSpec::Kind::kTimeExact:
    case WindowSpec::Kind::kTimePanes:
    case WindowSpec::Kind::kCumulative:
      break;
  }
  return OfValues(Held(window, samples));
}

}  // namespace exactmean
