// What a property has to except.

#ifndef EXACTMEAN_TESTS_FUZZ_ABSURD_COUNTS_H_
#define EXACTMEAN_TESTS_FUZZ_ABSURD_COUNTS_H_

#include <cstdint>

#include "proto/result.pb.h"

namespace exactmean {

// Is there a count that no topic is long enough for? A few samples more, and
// the windows would be refused.
inline bool HasAbsurdCount(const results::Snapshot& snapshot) {
  constexpr uint64_t kAbsurd = uint64_t{1} << 62;
  for (const results::Panes& panes : snapshot.panes()) {
    uint64_t count = 0;
    for (const results::Moments& moments : panes.moments()) {
      count += moments.count();
    }
    if (count > kAbsurd) return true;
  }
  for (const results::Decayed& decayed : snapshot.decayed()) {
    if (decayed.count() > kAbsurd) return true;
  }
  return snapshot.cumulative().count() > kAbsurd;
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_ABSURD_COUNTS_H_
