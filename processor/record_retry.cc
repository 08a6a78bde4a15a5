// RecordRetry.

#include "processor/record_retry.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

// From 1/2 to 1, the same for the same record and try: partitions that fail
// together do not come back together, and a run can be run again.
double Jitter(Partition partition, Offset offset, int tries) {
  // The finalizer of splitmix64.
  uint64_t x = static_cast<uint64_t>(offset.value()) * 0x9e3779b97f4a7c15 +
               (static_cast<uint64_t>(partition.value()) << 32) +
               static_cast<uint64_t>(tries);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  x ^= x >> 31;
  return 0.5 + 0.5 * static_cast<double>(x >> 11) / 9007199254740992.0;
}

}  // namespace

std::string TriesText(int tries) {
  return absl::StrCat(tries, tries == 1 ? " try" : " tries");
}

std::string RoundedText(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(100)));
}

RecordRetry::Verdict RecordRetry::Failed(Partition partition, Offset offset,
                                         absl::string_view why, absl::Time now,
                                         const RetryPolicy& policy) {
  if (!record_.has_value() || record_->offset != offset) {
    record_ = Waiting{offset, now, now, policy.first_wait, 0, ""};
  }
  ++record_->tries;
  record_->why = std::string(why);
  const absl::Time end = record_->since + policy.max_time;
  if ((policy.max_tries > 0 && record_->tries >= policy.max_tries) ||
      now >= end) {
    return Verdict::kGiveUp;
  }
  const absl::Duration wait =
      record_->wait * Jitter(partition, offset, record_->tries);
  // Once more when the time is up.
  record_->due = std::min(now + wait, end);
  record_->wait = std::min(record_->wait * 2, policy.longest_wait);
  return Verdict::kAgain;
}

std::string RecordRetry::Describe(absl::Time now) const {
  if (!record_.has_value()) return "";
  return absl::StrCat(
      "at offset ", record_->offset.value(), " for ",
      RoundedText(now - record_->since), ": ", TriesText(record_->tries),
      ", the next in ",
      RoundedText(std::max(absl::ZeroDuration(), record_->due - now)), ": ",
      record_->why);
}

}  // namespace exactmean
