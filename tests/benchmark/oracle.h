// What a results topic must hold after the benchmark's records, and whether it
// does.

#ifndef EXACTMEAN_TESTS_BENCHMARK_ORACLE_H_
#define EXACTMEAN_TESTS_BENCHMARK_ORACLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "tests/benchmark/workload.h"

namespace exactmean {

// What a peer says of a key: records folded in since the first, and the average
// of its window.
struct KeyResult {
  uint64_t records = 0;
  double average = 0;
};

// Keys by what is wrong with them; a key counts once.
struct Verdict {
  int64_t keys = 0;
  int64_t missing = 0;
  int64_t over = 0;   // too many records: counted twice
  int64_t under = 0;  // too few: lost
  int64_t wrong = 0;  // the average

  bool ok() const { return keys > 0 && missing + over + under + wrong == 0; }
  std::string ToString() const;
};

// Counts in whole ten-thousandths, so its averages are exact, and shares no
// arithmetic with what it judges. One thread.
class Oracle {
 public:
  // As a window: every average will do, records alone are counted.
  static constexpr int64_t kAnyAverage = 0;

  // Of the first `records` of the sequence; averages of a key's last `window`
  // values.
  Oracle(const WorkloadOptions& options, int64_t records, int64_t window = 10);

  // `results` by key number, absent or beyond the end: none is in the topic.
  // An average may be off by the rounding of its additions, no more.
  Verdict Judge(const std::vector<absl::optional<KeyResult>>& results) const;

 private:
  struct Key {
    uint64_t records = 0;
    int64_t sum = 0;  // of the window, in ten-thousandths
    std::vector<int64_t> last;
  };

  bool Right(const Key& key, double average) const;

  const int64_t window_;
  std::vector<Key> keys_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_ORACLE_H_
