// Exact sums, and the comparison.

#include "tests/benchmark/oracle.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_format.h"

namespace exactmean {
namespace {

constexpr int64_t kUnit = 10'000;
// Ten additions and a division, each right to 2^-53.
constexpr double kRounding = 12.0 / (int64_t{1} << 53);

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

Oracle::Oracle(const WorkloadOptions& options, int64_t records)
    : keys_(static_cast<size_t>(options.keys)) {
  WorkloadGenerator generator(options);
  for (int64_t i = 0; i < records; ++i) {
    const SensorEvent event = generator.Next();
    Key& key = keys_[static_cast<size_t>(event.key)];
    key.last[key.records++ % kWindow] = TenThousandths(event);
  }
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
      continue;
    }
    const auto in_window =
        static_cast<double>(std::min<uint64_t>(key.records, kWindow));
    const auto sum = static_cast<double>(
        std::accumulate(key.last.begin(), key.last.end(), int64_t{0}));
    const double average = sum / (in_window * kUnit);
    if (results[i]->records > key.records) {
      ++verdict.over;
    } else if (results[i]->records < key.records) {
      ++verdict.under;
    } else if (!(std::abs(results[i]->average - average) <=
                 average * kRounding)) {
      ++verdict.wrong;  // NaN, too
    }
  }
  return verdict;
}

}  // namespace exactmean
