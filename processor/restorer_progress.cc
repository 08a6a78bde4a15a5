// Restorer: what it tells of itself while it works or waits.

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "processor/restorer.h"

namespace exactmean {
namespace {

constexpr absl::Duration kStalled = absl::Seconds(2);

}  // namespace

int64_t Restorer::RecordsLeft() const {
  if (!waiting() && !reading()) return 0;
  if (!reading() || OffsetsDone() <= 0) return OffsetsLeft();
  // Compacted offsets hold none.
  return static_cast<int64_t>(static_cast<double>(OffsetsLeft()) *
                              static_cast<double>(records_) /
                              static_cast<double>(OffsetsDone()));
}

std::string Restorer::Describe(absl::Time now) const {
  if (!found_.ok()) return "asking whether anybody has written meanwhile";
  switch (phase_) {
    case Phase::kCommitted:
      return "waiting for the group's committed offset to be decided";
    case Phase::kEnd:
      return "asking for the end of the results partition";
    case Phase::kTurn:
      return "waiting for its turn: others are read first";
    case Phase::kCommittedAgain:
      return "the group has no committed offset though there is state: asking "
             "again before believing it";
    case Phase::kProve:
      return "asking for the input's range";
    case Phase::kRead:
      break;
  }
  if (now - last_progress_ > kStalled) {
    return absl::StrFormat(
        "standing at offset %d of %d for %s: an open transaction of a former "
        "owner holds readers back until it times out, or brokers do not answer",
        last_position_.value(), end_.value(),
        absl::FormatDuration(
            absl::Trunc(now - last_progress_, absl::Seconds(1))));
  }
  const double seconds = absl::ToDoubleSeconds(now - read_began_);
  const double rate = seconds > 0 ? static_cast<double>(records_) / seconds : 0;
  // Time left by offsets: how many records lie ahead only the log knows.
  const std::string time_left =
      OffsetsDone() <= 0
          ? "unknown"
          : absl::FormatDuration(absl::Ceil(
                (now - read_began_) * (static_cast<double>(OffsetsLeft()) /
                                       static_cast<double>(OffsetsDone())),
                absl::Seconds(1)));
  return absl::StrFormat(
      "at offset %d of %d, %d records, %.1f MB, %.0f/s, time left: %s",
      last_position_.value(), end_.value(), records_,
      static_cast<double>(bytes_) / 1e6, rate, time_left);
}

}  // namespace exactmean
