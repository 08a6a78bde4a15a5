// The benchmark's records: the same sequence on every machine, from a seed.

#ifndef EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_H_
#define EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

struct WorkloadOptions {
  int64_t keys = 100'000;  // at most 1,000,000: a key has six digits
  uint64_t seed = 42;
  // Record i has key i while i < keys, so that each key occurs.
  bool cover = false;
};

// One sensor's reading: the value is units / 10^decimals, 0 to 999.9999.
struct SensorEvent {
  int64_t key = 0;
  int64_t units = 0;
  int decimals = 2;
  int64_t time_ms = 0;
};

// Keys are drawn uniformly, by splitmix64, two draws a record. One thread.
class WorkloadGenerator {
 public:
  explicit WorkloadGenerator(const WorkloadOptions& options)
      : options_(options), state_(options.seed) {}

  SensorEvent Next();

 private:
  uint64_t Draw();

  const WorkloadOptions options_;
  uint64_t state_;
  int64_t number_ = 0;
};

// sensor-000123
std::string SensorKey(int64_t key);
// Its number; -1: no such key.
int64_t SensorNumber(absl::string_view key);

// Appends the key, a tab, {"value": 12.34, "ts": 1700000000000} and a newline.
void AppendLine(const SensorEvent& event, std::string* out);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_H_
