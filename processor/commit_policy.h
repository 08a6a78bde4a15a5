// When to commit. Pure.

#ifndef EXACTMEAN_PROCESSOR_COMMIT_POLICY_H_
#define EXACTMEAN_PROCESSOR_COMMIT_POLICY_H_

#include <cstdint>

#include "absl/time/time.h"

namespace exactmean {

struct CommitPolicy {
  // Since the beginning of the last commit; 0: as soon as something has
  // changed, and the processor's markers_time has passed.
  absl::Duration interval = absl::Milliseconds(100);
  uint64_t max_records = 200000;

  // `records` were passed since the last commit, which began `age` ago.
  bool IsDue(uint64_t records, absl::Duration age) const {
    return age >= interval || records >= max_records;
  }

  // How long until `interval` alone makes it due.
  absl::Duration TimeLeft(absl::Duration age) const {
    return age >= interval ? absl::ZeroDuration() : interval - age;
  }
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_COMMIT_POLICY_H_
