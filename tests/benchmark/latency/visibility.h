// Which records the results of a peer already reflect, and since when.

#ifndef EXACTMEAN_TESTS_BENCHMARK_LATENCY_VISIBILITY_H_
#define EXACTMEAN_TESTS_BENCHMARK_LATENCY_VISIBILITY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace exactmean {

// A result says how many of its key's records are folded in: those are visible
// with it, if they were not before. Times are since a moment of the caller's
// choice. One thread.
class Visibility {
 public:
  // `keys[i]`, below `key_count`, is the key of the i-th record sent.
  Visibility(const std::vector<int32_t>& keys, int64_t key_count);

  // A result of `key` is there that its first `records` records are in.
  // kDataLoss: there is no such key, or it has not so many.
  absl::Status See(int64_t key, uint64_t records, absl::Duration when);

  // How many records no result reflects yet.
  size_t hidden() const { return hidden_; }

  // InfiniteDuration: it is hidden.
  absl::Duration VisibleAt(size_t record) const { return since_[record]; }

 private:
  // By key: where its records begin in `of_keys_`, and how many were seen.
  std::vector<size_t> first_;
  std::vector<size_t> seen_;
  std::vector<size_t> of_keys_;  // records, in the order of keys
  std::vector<absl::Duration> since_;
  size_t hidden_;
};

struct LatencySummary {
  size_t samples = 0;
  absl::Duration p50, p99, p999, max;
};

// The p-th percentile is the least sample that p % of all do not exceed.
LatencySummary Summarize(std::vector<absl::Duration> samples);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_LATENCY_VISIBILITY_H_
