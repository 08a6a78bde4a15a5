// RetryUnavailable.

#include "processor/retry.h"

namespace exactmean {

absl::Status RetryUnavailable(Clock* clock, absl::Duration patience,
                              absl::FunctionRef<absl::Status()> call) {
  const absl::Time deadline = clock->Now() + patience;
  Backoff backoff(absl::Milliseconds(10), absl::Seconds(1));
  while (true) {
    const absl::Status status = call();
    if (!absl::IsUnavailable(status)) return status;
    const absl::Duration wait = backoff.Next();
    if (clock->Now() + wait > deadline) return status;
    clock->Sleep(wait);
  }
}

}  // namespace exactmean
