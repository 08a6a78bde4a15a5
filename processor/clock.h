// The wall clock behind an interface, so that tests can run without it. It
// decides when to commit, retry and warn; never what is computed.

#ifndef EXACTMEAN_PROCESSOR_CLOCK_H_
#define EXACTMEAN_PROCESSOR_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace exactmean {

class Clock {
 public:
  virtual ~Clock() = default;
  // Never runs backwards.
  virtual absl::Time Now() = 0;
  virtual void Sleep(absl::Duration duration) = 0;
};

// CLOCK_MONOTONIC as absl::Time: differences mean something, dates do not.
class MonotonicClock : public Clock {
 public:
  absl::Time Now() override;
  void Sleep(absl::Duration duration) override { absl::SleepFor(duration); }
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CLOCK_H_
