// The sequence and its text.

#include "tests/benchmark/workload.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace exactmean {
namespace {

constexpr int64_t kFirstTimeMs = 1'700'000'000'000;
constexpr int64_t kScale[] = {1, 10, 100, 1000, 10000};
constexpr absl::string_view kPrefix = "sensor-";

}  // namespace

uint64_t WorkloadGenerator::Draw() {
  uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

SensorEvent WorkloadGenerator::Next() {
  const uint64_t a = Draw();
  const uint64_t b = Draw();
  SensorEvent event;
  event.key =
      options_.cover && number_ < options_.keys
          ? number_
          : static_cast<int64_t>(
                ((a >> 32) * static_cast<uint64_t>(options_.keys)) >> 32);
  event.decimals = 2 + static_cast<int>((b >> 60) % 3);
  const auto range = static_cast<uint64_t>(1000 * kScale[event.decimals]);
  event.units = static_cast<int64_t>(((b & 0xffffffff) * range) >> 32);
  event.time_ms = kFirstTimeMs + number_++;
  return event;
}

std::string SensorKey(int64_t key) {
  return absl::StrFormat("%s%06d", kPrefix, key);
}

int64_t SensorNumber(absl::string_view key) {
  int64_t number = -1;
  if (!absl::ConsumePrefix(&key, kPrefix) || key.size() != 6 ||
      !absl::SimpleAtoi(key, &number)) {
    return -1;
  }
  return number;
}

void AppendLine(const SensorEvent& event, std::string* out) {
  const int64_t scale = kScale[event.decimals];
  absl::StrAppendFormat(out, "%s\t{\"value\": %d.%0*d, \"ts\": %d}\n",
                        SensorKey(event.key), event.units / scale,
                        event.decimals, event.units % scale, event.time_ms);
}

}  // namespace exactmean
