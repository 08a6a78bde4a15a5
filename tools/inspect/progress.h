// A line on the terminal that says how far long work is.

#ifndef EXACTMEAN_TOOLS_INSPECT_PROGRESS_H_
#define EXACTMEAN_TOOLS_INSPECT_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/clock.h"

namespace exactmean {

// "verify: 3,100,000 of 5,000,000 records, 62 %, 1,204,117/s, 2s left", written
// over itself some times a second, and taken away at the end. Nothing within
// the first second, and nothing at all unless `interactive`.
class Progress {
 public:
  // `total` 0: not known. `err` and `clock` outlive this object.
  Progress(std::string what, uint64_t total, std::ostream* err, Clock* clock,
           bool interactive)
      : what_(std::move(what)),
        total_(total),
        err_(err),
        clock_(clock),
        interactive_(interactive),
        began_(clock->Now()) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(uint64_t done);
  // Before other text goes to the terminal.
  void Clear();

 private:
  const std::string what_;
  const uint64_t total_;
  std::ostream* const err_;
  Clock* const clock_;
  const bool interactive_;
  const absl::Time began_;
  absl::Time shown_ = absl::InfinitePast();
  bool visible_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_PROGRESS_H_
