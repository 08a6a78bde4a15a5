// Records sorted by key, and percentiles.

#include "tests/benchmark/latency/visibility.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

// REQUIRES: sorted, and not empty.
absl::Duration PerMille(const std::vector<absl::Duration>& samples,
                        size_t share) {
  const size_t rank = (samples.size() * share + 999) / 1000;
  return samples[std::max<size_t>(rank, 1) - 1];
}

}  // namespace

Visibility::Visibility(const std::vector<int32_t>& keys, int64_t key_count)
    : first_(static_cast<size_t>(key_count) + 1),
      seen_(static_cast<size_t>(key_count)),
      of_keys_(keys.size()),
      since_(keys.size(), absl::InfiniteDuration()),
      hidden_(keys.size()) {
  for (const int32_t key : keys) ++first_[static_cast<size_t>(key) + 1];
  for (size_t k = 1; k < first_.size(); ++k) first_[k] += first_[k - 1];
  std::vector<size_t> next = first_;
  for (size_t i = 0; i < keys.size(); ++i) {
    of_keys_[next[static_cast<size_t>(keys[i])]++] = i;
  }
}

absl::Status Visibility::See(int64_t key, uint64_t records,
                             absl::Duration when) {
  if (key < 0 || static_cast<size_t>(key) >= seen_.size()) {
    return absl::DataLossError(absl::StrCat("there is no key ", key));
  }
  const auto k = static_cast<size_t>(key);
  const size_t sent = first_[k + 1] - first_[k];
  if (records > sent) {
    return absl::DataLossError(absl::StrCat("key ", key, ": a result counts ",
                                            records, " records of ", sent));
  }
  for (; seen_[k] < records; ++seen_[k]) {
    since_[of_keys_[first_[k] + seen_[k]]] = when;
    --hidden_;
  }
  return absl::OkStatus();
}

LatencySummary Summarize(std::vector<absl::Duration> samples) {
  LatencySummary summary;
  summary.samples = samples.size();
  if (samples.empty()) return summary;
  std::sort(samples.begin(), samples.end());
  summary.p50 = PerMille(samples, 500);
  summary.p99 = PerMille(samples, 990);
  summary.p999 = PerMille(samples, 999);
  summary.max = samples.back();
  return summary;
}

}  // namespace exactmean
