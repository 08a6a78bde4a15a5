// TimedSamples: insertion in order, eviction, and the average.

#include "state/timed_samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "state/arithmetic.h"

namespace exactmean {
namespace {

bool Earlier(const Sample& a, const Sample& b) { return a.time < b.time; }

// Both in the order of time; of equal times those of `a` come first.
template <typename Visit>
void VisitMerged(absl::Span<const Sample> a, absl::Span<const Sample> b,
                 Visit&& visit) {
  size_t next = 0;
  for (const Sample& s : a) {
    while (next < b.size() && b[next].time < s.time) visit(b[next++]);
    visit(s);
  }
  while (next < b.size()) visit(b[next++]);
}

}  // namespace

EventTime TimedSamples::newest() const {
  if (open_.empty()) return closed_.back().time;
  return first_ == closed_.size()
             ? open_.back().time
             : std::max(closed_.back().time, open_.back().time);
}

// By unsigned difference: times may lie at the ends of their range.
bool TimedSamples::InWindow(EventTime time, int64_t length_us) const {
  const uint64_t age = static_cast<uint64_t>(newest().value()) -
                       static_cast<uint64_t>(time.value());
  return age < static_cast<uint64_t>(length_us);
}

absl::Span<const Sample> TimedSamples::InWindow(
    const std::vector<Sample>& samples, size_t first, int64_t length_us) const {
  const auto begin = std::partition_point(
      samples.begin() + static_cast<std::ptrdiff_t>(first), samples.end(),
      [&](const Sample& s) { return !InWindow(s.time, length_us); });
  return absl::MakeConstSpan(samples).subspan(
      static_cast<size_t>(begin - samples.begin()));
}

void TimedSamples::Add(const Sample& sample, int64_t length_us) {
  const bool any = !open_.empty() || first_ < closed_.size();
  if (any && sample.time < newest() && !InWindow(sample.time, length_us)) {
    return;
  }
  if (open_.empty() || open_.back().time <= sample.time) {
    open_.push_back(sample);
  } else {
    open_.insert(std::upper_bound(open_.begin(), open_.end(), sample, Earlier),
                 sample);
  }
  LetGo(length_us);
}

void TimedSamples::LetGo(int64_t length_us) {
  while (first_ < closed_.size() &&
         !InWindow(closed_[first_].time, length_us)) {
    ++first_;
  }
  if (first_ > closed_.size() / 2) {
    closed_.erase(closed_.begin(),
                  closed_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  auto begin = open_.begin();
  while (begin != open_.end() && !InWindow(begin->time, length_us)) ++begin;
  open_.erase(open_.begin(), begin);
}

void TimedSamples::Close() {
  const auto middle = static_cast<std::ptrdiff_t>(closed_.size());
  const bool in_order = closed_.empty() || open_.empty() ||
                        closed_.back().time <= open_.front().time;
  closed_.insert(closed_.end(), open_.begin(), open_.end());
  if (!in_order) {
    std::inplace_merge(closed_.begin() + static_cast<std::ptrdiff_t>(first_),
                       closed_.begin() + middle, closed_.end(), Earlier);
  }
  std::vector<Sample>().swap(open_);
}

Average TimedSamples::Over(int64_t length_us) const {
  Average result;
  if (open_.empty() && first_ == closed_.size()) return result;
  const auto closed = InWindow(closed_, first_, length_us);
  const auto open = InWindow(open_, 0, length_us);
  CompensatedSum sum;
  result.min = std::numeric_limits<double>::infinity();
  result.max = -result.min;
  VisitMerged(closed, open, [&](const Sample& s) {
    sum.Add(s.value);
    result.min = std::min(result.min, s.value);
    result.max = std::max(result.max, s.value);
  });
  result.count = closed.size() + open.size();
  const double n = static_cast<double>(result.count);
  result.average = sum.value() / n;
  CompensatedSum squares;
  VisitMerged(closed, open, [&](const Sample& s) {
    const double apart = s.value - result.average;
    squares.Add(apart * apart);
  });
  result.stddev = std::sqrt(squares.value() / n);
  return result;
}

std::vector<Sample> TimedSamples::All() const {
  std::vector<Sample> all;
  VisitMerged(absl::MakeConstSpan(closed_).subspan(first_), open_,
              [&](const Sample& s) { all.push_back(s); });
  return all;
}

void TimedSamples::Assign(std::vector<Sample> closed, std::vector<Sample> open,
                          int64_t length_us) {
  closed_ = std::move(closed);
  open_ = std::move(open);
  first_ = 0;
  if (!closed_.empty() || !open_.empty()) LetGo(length_us);
}

}  // namespace exactmean
