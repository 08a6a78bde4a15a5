// The line of an event.

#include "tests/chaos/history.h"

#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "processor/json.h"

namespace exactmean {

History::History(const std::string& path, bool echo)
    : start_(absl::Now()), echo_(echo), file_(path, std::ios::app) {}

void History::Add(absl::string_view subject, absl::string_view event,
                  absl::string_view detail) {
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start_);
  const std::string line = absl::StrFormat(
      "{\"seconds\":%.3f,\"subject\":%s,\"event\":%s,\"detail\":%s}\n", seconds,
      JsonString(subject), JsonString(event), JsonString(detail));
  std::lock_guard<std::mutex> lock(mutex_);
  file_ << line << std::flush;
  if (!echo_) return;
  std::cerr << absl::StrFormat("%7.1f s  %s %s: %s\n", seconds, subject, event,
                               detail);
}

}  // namespace exactmean
