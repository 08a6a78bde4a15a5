// Whether a process that goes on working goes on taking: memory, threads and
// descriptors when they are low, early in its life and late.

#ifndef EXACTMEAN_TESTS_CHAOS_VETERAN_GROWTH_H_
#define EXACTMEAN_TESTS_CHAOS_VETERAN_GROWTH_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "tests/chaos/veteran/resources.h"

namespace exactmean {

// A look at a process, and how far its work was.
struct ResourceSample {
  absl::Time time;
  int64_t transactions = 0;
  Resources held;
  // It has read a state back, and has made the client that only that needs.
  bool restored = false;
};

// From the first third of a life to the last third, without its warming up: a
// minute, and the time before a state was first restored, if one ever was.
// Each figure is what a tenth of the looks of its third are below: what is in
// flight during a trouble comes and goes, a client that is made anew goes and
// comes, a leak stays.
struct Growth {
  Resources early;
  Resources late;
  // From the middle of the one third to that of the other.
  absl::Duration time;
  int64_t transactions = 0;

  // What `late` may have: the allocator's remainders, and so little for each
  // transaction that a leak of a KiB a transaction shows after some thousands.
  Resources bound() const;
  bool IsFlat() const;
  double bytes_per_transaction() const;
};

// Of one process, in the order of time. None: two minutes after warming up are
// the least that says something.
absl::optional<Growth> GrowthOf(absl::Span<const ResourceSample> samples);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_VETERAN_GROWTH_H_
