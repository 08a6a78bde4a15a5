// Progress.

#include "tools/inspect/progress.h"

#include "absl/strings/str_cat.h"
#include "state/counts.h"

namespace exactmean {

void Progress::Update(uint64_t done) {
  if (!interactive_) return;
  const absl::Time now = clock_->Now();
  if (now - began_ < absl::Seconds(1)) return;
  if (now - shown_ < absl::Milliseconds(200)) return;
  shown_ = now;
  const double seconds = absl::ToDoubleSeconds(now - began_);
  const double rate = static_cast<double>(done) / seconds;
  std::string line = absl::StrCat(what_, ": ", WithCommas(done));
  if (total_ > 0) {
    absl::StrAppend(&line, " of ", WithCommas(total_), " records, ",
                    100 * done / total_, " %, ");
  } else {
    absl::StrAppend(&line, " records, ");
  }
  absl::StrAppend(&line, WithCommas(static_cast<uint64_t>(rate)), "/s");
  if (total_ > done && rate > 0) {
    const auto left = absl::Seconds(static_cast<double>(total_ - done) / rate);
    absl::StrAppend(&line, ", ",
                    absl::FormatDuration(absl::Ceil(left, absl::Seconds(1))),
                    " left");
  }
  // Back to the beginning, and away with what was there.
  *err_ << "\r\x1b[K" << line << std::flush;
  visible_ = true;
}

void Progress::Clear() {
  if (visible_) *err_ << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace exactmean
