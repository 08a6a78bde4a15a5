// The sequence and its text.

#include "tests/benchmark/workload.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace exactmean {
namespace {

constexpr int64_t kFirstTimeMs = 1'700'000'000'000;
constexpr int64_t kScale[] = {1, 10, 100, 1000, 10000};
constexpr absl::string_view kPrefix = "sensor-";
constexpr size_t kDigits = 6;  // at least
// {"value": 12.3456, "ts": 1700000000000}: what needs no filling.
constexpr int64_t kShortValue = 39;

std::string Filling(int64_t bytes) {
  std::string filling;
  // As in {"f000": "abcdefghijklmnop", "value"...
  for (int i = 0; static_cast<int64_t>(filling.size()) < bytes; ++i) {
    absl::StrAppendFormat(&filling, "\"f%03d\": \"abcdefghijklmnop\", ", i);
  }
  return filling;
}

}  // namespace

WorkloadGenerator::WorkloadGenerator(const WorkloadOptions& options)
    : options_(options), state_(options.seed) {
  if (options.zipf == 0) return;
  cumulative_.reserve(static_cast<size_t>(options.keys));
  double sum = 0;
  for (int64_t i = 0; i < options.keys; ++i) {
    sum += std::pow(static_cast<double>(i + 1), -options.zipf);
    cumulative_.push_back(sum);
  }
}

uint64_t WorkloadGenerator::Draw() {
  uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

int64_t WorkloadGenerator::KeyOf(uint64_t random) const {
  if (cumulative_.empty()) {
    return static_cast<int64_t>(
        (random * static_cast<uint64_t>(options_.keys)) >> 32);
  }
  const double at = std::ldexp(static_cast<double>(random), -32);
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(),
                                      at * cumulative_.back());
  return std::min<int64_t>(found - cumulative_.begin(), options_.keys - 1);
}

SensorEvent WorkloadGenerator::Next() {
  const uint64_t a = Draw();
  const uint64_t b = Draw();
  SensorEvent event;
  event.key = number_ < options_.cover * options_.keys ? number_ % options_.keys
                                                       : KeyOf(a >> 32);
  event.decimals = 2 + static_cast<int>((b >> 60) % 3);
  const auto range = static_cast<uint64_t>(1000 * kScale[event.decimals]);
  event.units = static_cast<int64_t>(((b & 0xffffffff) * range) >> 32);
  event.time_ms = kFirstTimeMs + number_++;
  return event;
}

std::string SensorKey(int64_t key) {
  return absl::StrFormat("%s%0*d", kPrefix, kDigits, key);
}

int64_t SensorNumber(absl::string_view key) {
  int64_t number = -1;
  if (!absl::ConsumePrefix(&key, kPrefix) || key.size() < kDigits ||
      !absl::SimpleAtoi(key, &number)) {
    return -1;
  }
  return number;
}

ValueWriter::ValueWriter(const WorkloadOptions& options)
    : filling_(Filling(options.value_bytes - kShortValue)) {}

void ValueWriter::Append(const SensorEvent& event, std::string* out) const {
  const int64_t scale = kScale[event.decimals];
  absl::StrAppendFormat(out, "{%s\"value\": %d.%0*d, \"ts\": %d}", filling_,
                        event.units / scale, event.decimals,
                        event.units % scale, event.time_ms);
}

}  // namespace exactmean
