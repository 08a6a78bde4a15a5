// Thirds of a life, and what is low in each.

#include "tests/chaos/veteran/growth.h"

#include <algorithm>
#include <vector>

namespace exactmean {
namespace {

// Connections to all brokers, the first restores, the allocator's arenas.
constexpr absl::Duration kWarmUp = absl::Minutes(1);
constexpr absl::Duration kShortest = absl::Minutes(2);

// The least of a third may be from when nothing was connected: buffers of
// connections, and what the allocator keeps of restores. Looked at every three
// seconds, a process stayed within 0.3 MiB for 90 s of transactions; at the
// troubles after that it went up in steps, by 4 to 7 MiB in all, and stayed.
constexpr int64_t kRemaindersKib = 6144;
constexpr int64_t kBytesPerTransaction = 256;
// A client opens one more to each broker that it has to do with. One client
// more has five threads, and twice as many descriptors, at least.
constexpr int64_t kThreads = 4;
constexpr int64_t kDescriptors = 8;

// What a tenth of the looks are below: a client that is being made anew is not
// there for a moment, and one such moment in the first third would be a leak.
int64_t Low(absl::Span<const ResourceSample> samples,
            int64_t Resources::*figure) {
  std::vector<int64_t> all;
  for (const ResourceSample& sample : samples) {
    all.push_back(sample.held.*figure);
  }
  const auto tenth = all.begin() + static_cast<int64_t>(all.size() / 10);
  std::nth_element(all.begin(), tenth, all.end());
  return *tenth;
}

Resources Low(absl::Span<const ResourceSample> samples) {
  Resources low;
  for (const auto figure : {&Resources::memory_kib, &Resources::threads,
                            &Resources::descriptors, &Resources::sockets}) {
    low.*figure = Low(samples, figure);
  }
  return low;
}

// The end of warming up. REQUIRES: a sample.
absl::Time WarmAt(absl::Span<const ResourceSample> samples) {
  const absl::Time least = samples.front().time + kWarmUp;
  for (const ResourceSample& sample : samples) {
    if (sample.restored) return std::max(least, sample.time);
  }
  return least;
}

}  // namespace

Resources Growth::bound() const {
  Resources most = early;
  most.memory_kib +=
      kRemaindersKib + transactions * kBytesPerTransaction / 1024;
  most.threads += kThreads;
  most.descriptors += kDescriptors;
  // Leaders move, and with them who is connected to whom; but a client's thread
  // has one connection at most.
  most.sockets = most.threads;
  return most;
}

bool Growth::IsFlat() const {
  const Resources most = bound();
  return late.memory_kib <= most.memory_kib && late.threads <= most.threads &&
         late.descriptors <= most.descriptors && late.sockets <= most.sockets;
}

double Growth::bytes_per_transaction() const {
  if (transactions == 0) return 0;
  return static_cast<double>(late.memory_kib - early.memory_kib) * 1024 /
         static_cast<double>(transactions);
}

absl::optional<Growth> GrowthOf(absl::Span<const ResourceSample> samples) {
  if (samples.empty()) return absl::nullopt;
  const absl::Time start = WarmAt(samples);
  const absl::Time end = samples.back().time;
  if (end - start < kShortest) return absl::nullopt;
  const auto from = [&](absl::Time time) {
    return std::find_if(
        samples.begin(), samples.end(),
        [time](const ResourceSample& sample) { return sample.time >= time; });
  };
  const auto sixth = [&](int i) { return from(start + (end - start) * i / 6); };
  // No look for as long as a third: nothing is known of that.
  if (sixth(0) == sixth(2) || sixth(4) == samples.end()) return absl::nullopt;
  Growth growth;
  growth.early = Low(absl::MakeConstSpan(sixth(0), sixth(2)));
  growth.late = Low(absl::MakeConstSpan(sixth(4), samples.end()));
  growth.time = sixth(5)->time - sixth(1)->time;
  growth.transactions = sixth(5)->transactions - sixth(1)->transactions;
  return growth;
}

}  // namespace exactmean
