// Exact sums, and the comparison.

#include "tests/benchmark/oracle.h"

#include <cmath>

#include "absl/strings/str_format.h"

namespace exactmean {
namespace {

constexpr int64_t kUnit = 10'000;
// What an addition is right to.
constexpr double kRounding = 1.0 / (int64_t{1} << 53);

int64_t TenThousandths(const SensorEvent& event) {
  int64_t units = event.units;
  for (int i = event.decimals; i < 4; ++i) units *= 10;
  return units;
}

}  // namespace

std::string Verdict::ToString() const {
  return absl::StrFormat(
      "%s: %d keys, %d missing, %d with too many records, %d with too few, %d "
      "with a wrong average",
      ok() ? "exact" : "WRONG", keys, missing, over, under, wrong);
}

Oracle::Oracle(const WorkloadOptions& options, int64_t records, int64_t window)
    : window_(window), keys_(static_cast<size_t>(options.keys)) {
  WorkloadGenerator generator(options);
  for (int64_t i = 0; i < records; ++i) {
    const SensorEvent event = generator.Next();
    Key& key = keys_[static_cast<size_t>(event.key)];
    const uint64_t before = key.records++;
    if (window_ == kAnyAverage) continue;
    const int64_t value = TenThousandths(event);
    key.sum += value;
    if (before < static_cast<uint64_t>(window_)) {
      key.last.push_back(value);
    } else {
      int64_t& oldest = key.last[before % static_cast<uint64_t>(window_)];
      key.sum -= oldest;
      oldest = value;
    }
  }
}

bool Oracle::Right(const Key& key, double average) const {
  if (window_ == kAnyAverage) return true;
  const auto in_window = static_cast<double>(key.last.size());
  const double exact = static_cast<double>(key.sum) / (in_window * kUnit);
  // So many additions, and a division; not so for NaN.
  return std::abs(average - exact) <= exact * (in_window + 2) * kRounding;
}

Verdict Oracle::Judge(
    const std::vector<absl::optional<KeyResult>>& results) const {
  Verdict verdict;
  for (size_t i = 0; i < keys_.size(); ++i) {
    const Key& key = keys_[i];
    if (key.records == 0) continue;
    ++verdict.keys;
    if (i >= results.size() || !results[i].has_value()) {
      ++verdict.missing;
    } else if (results[i]->records > key.records) {
      ++verdict.over;
    } else if (results[i]->records < key.records) {
      ++verdict.under;
    } else if (!Right(key, results[i]->average)) {
      ++verdict.wrong;
    }
  }
  return verdict;
}

}  // namespace exactmean
