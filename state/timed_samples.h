// A key's samples in the order of event time: what the exact time windows of a
// pipeline share.

#ifndef EXACTMEAN_STATE_TIMED_SAMPLES_H_
#define EXACTMEAN_STATE_TIMED_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "state/average.h"
#include "state/types.h"

namespace exactmean {

// Holds the samples with time in (newest - length, newest], `length` being the
// longest exact time window's. Samples of equal time stand in the order of the
// log. Those that came since the last Close() are open, and kept apart.
class TimedSamples {
 public:
  // Out of order is fine; a sample already out of the window is let go.
  void Add(const Sample& sample, int64_t length_us);

  // The open samples are open no more.
  void Close();

  // Is `time` in (newest - length, newest]? REQUIRES: not empty.
  bool InWindow(EventTime time, int64_t length_us) const;

  // Over the samples in (newest - length, newest], summed oldest first.
  Average Over(int64_t length_us) const;

  // In the order of time.
  absl::Span<const Sample> open() const { return open_; }
  std::vector<Sample> All() const;
  size_t size() const { return closed_.size() - first_ + open_.size(); }
  // REQUIRES: not empty.
  EventTime newest() const;

  // Each in the order of time, and `closed` before `open` in the log. Samples
  // that have left the window are let go.
  void Assign(std::vector<Sample> closed, std::vector<Sample> open,
              int64_t length_us);

 private:
  // The samples of the window that ends at the newest.
  absl::Span<const Sample> InWindow(const std::vector<Sample>& samples,
                                    size_t first, int64_t length_us) const;
  void LetGo(int64_t length_us);

  std::vector<Sample> closed_;
  size_t first_ = 0;  // what lies before is gone, and erased now and then
  std::vector<Sample> open_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_TIMED_SAMPLES_H_
