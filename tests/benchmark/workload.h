// The benchmark's records: the same sequence on every machine, from a seed.

#ifndef EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_H_
#define EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace exactmean {

struct WorkloadOptions {
  static constexpr int64_t kMaxKeys = 100'000'000;
  static constexpr int64_t kMaxValueBytes = 100'000;

  int64_t keys = 100'000;
  uint64_t seed = 42;
  // Record i has key i % keys while i < cover * keys, so that each key occurs,
  // and so often.
  int64_t cover = 0;
  // 0: each key is as likely as the others. Else key i is drawn in proportion
  // to (i + 1)^-zipf.
  double zipf = 0;
  // 0: each value is as short as it can be. Else it is filled up to about so
  // many bytes, with members before the one that counts.
  int64_t value_bytes = 0;
};

// One sensor's reading: the value is units / 10^decimals, 0 to 999.9999.
struct SensorEvent {
  int64_t key = 0;
  int64_t units = 0;
  int decimals = 2;
  int64_t time_ms = 0;
};

// Drawn by splitmix64, two draws a record. One thread.
class WorkloadGenerator {
 public:
  explicit WorkloadGenerator(const WorkloadOptions& options);

  SensorEvent Next();

 private:
  uint64_t Draw();
  // Of a random number below 2^32.
  int64_t KeyOf(uint64_t random) const;

  const WorkloadOptions options_;
  uint64_t state_;
  int64_t number_ = 0;
  // With zipf, by key: how likely it is, or one before it.
  std::vector<double> cumulative_;
};

// sensor-000123
std::string SensorKey(int64_t key);
// Its number; -1: no such key.
int64_t SensorNumber(absl::string_view key);

// {"value": 12.34, "ts": 1700000000000}, or with filling in front of these
// members: {"f000": "abcdefghijklmnop", ...
class ValueWriter {
 public:
  explicit ValueWriter(const WorkloadOptions& options);

  void Append(const SensorEvent& event, std::string* out) const;

 private:
  const std::string filling_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_WORKLOAD_H_
