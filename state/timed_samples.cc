// TimedSamples: insertion in order, eviction, and the average.

#include "state/timed_samples.h"

#include <algorithm>
#include <cmath>

#include "state/arithmetic.h"

namespace exactmean {
namespace {

// Is `time` in (newest - length, newest]? By unsigned difference: times may lie
// at the ends of their range.
bool Within(EventTime time, EventTime newest, int64_t length_us) {
  const uint64_t age = static_cast<uint64_t>(newest.value()) -
                       static_cast<uint64_t>(time.value());
  return age < static_cast<uint64_t>(length_us);
}

bool Earlier(const Sample& a, const Sample& b) { return a.time < b.time; }

}  // namespace

void TimedSamples::Add(const Sample& sample, int64_t length_us) {
  if (samples_.empty() || samples_.back().time <= sample.time) {
    samples_.push_back(sample);
  } else if (Within(sample.time, samples_.back().time, length_us)) {
    samples_.insert(std::upper_bound(samples_.begin() + first_, samples_.end(),
                                     sample, Earlier),
                    sample);
  }
  first_ = WindowBegin(length_us);
  if (first_ > samples_.size() / 2) {
    samples_.erase(samples_.begin(), samples_.begin() + first_);
    first_ = 0;
  }
}

size_t TimedSamples::WindowBegin(int64_t length_us) const {
  const EventTime newest = samples_.back().time;
  const auto begin = std::partition_point(
      samples_.begin() + first_, samples_.end(),
      [&](const Sample& s) { return !Within(s.time, newest, length_us); });
  return begin - samples_.begin();
}

Average TimedSamples::Over(int64_t length_us) const {
  Average result;
  if (samples_.empty()) return result;
  const auto window =
      absl::MakeConstSpan(samples_).subspan(WindowBegin(length_us));
  CompensatedSum sum;
  result.min = result.max = window[0].value;
  for (const Sample& s : window) {
    sum.Add(s.value);
    result.min = std::min(result.min, s.value);
    result.max = std::max(result.max, s.value);
  }
  const double n = static_cast<double>(window.size());
  result.count = window.size();
  result.average = sum.value() / n;
  CompensatedSum squares;
  for (const Sample& s : window) {
    const double apart = s.value - result.average;
    squares.Add(apart * apart);
  }
  result.stddev = std::sqrt(squares.value() / n);
  return result;
}

void TimedSamples::Assign(std::vector<Sample> samples) {
  samples_ = std::move(samples);
  first_ = 0;
}

}  // namespace exactmean
