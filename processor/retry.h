// The one way to repeat a call that failed for now.

#ifndef EXACTMEAN_PROCESSOR_RETRY_H_
#define EXACTMEAN_PROCESSOR_RETRY_H_

#include <algorithm>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/clock.h"

namespace exactmean {

// Waits that double from `first` to `most`.
class Backoff {
 public:
  Backoff(absl::Duration first, absl::Duration most)
      : first_(first), most_(most), next_(first) {}
  absl::Duration Next() {
    const absl::Duration wait = next_;
    next_ = std::min(next_ * 2, most_);
    return wait;
  }
  void Reset() { next_ = first_; }

 private:
  absl::Duration first_, most_, next_;
};

// Calls `call` until it returns anything but kUnavailable or `patience` has
// passed; then returns what it returned last.
absl::Status RetryUnavailable(Clock* clock, absl::Duration patience,
                              absl::FunctionRef<absl::Status()> call);

// The same for a question: a call that returns an absl::StatusOr, the last one
// of which is returned.
template <typename Question>
auto AskWhileUnavailable(Clock* clock, absl::Duration patience,
                         Question question) -> decltype(question()) {
  decltype(question()) answer = absl::UnknownError("not asked");
  RetryUnavailable(clock, patience, [&] {
    answer = question();
    return answer.status();
  }).IgnoreError();  // it is in the answer
  return answer;
}

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RETRY_H_
