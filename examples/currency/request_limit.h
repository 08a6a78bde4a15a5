// How many requests a process may have under way.

#ifndef EXACTMEAN_EXAMPLES_CURRENCY_REQUEST_LIMIT_H_
#define EXACTMEAN_EXAMPLES_CURRENCY_REQUEST_LIMIT_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace exactmean {

// Shared by the steps of all workers. Thread-safe; outlives its turns.
class RequestLimit {
 public:
  // Under way until it is destroyed.
  class Turn {
   public:
    explicit Turn(RequestLimit* limit) : limit_(limit) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      absl::MutexLock lock(&limit_->mutex_);
      --limit_->under_way_;
    }

   private:
    RequestLimit* const limit_;
  };

  // Null when `most` are still under way after `patience`.
  std::unique_ptr<Turn> Wait(int most, absl::Duration patience) {
    absl::MutexLock lock(&mutex_);
    const auto is_free = [this, most]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return under_way_ < most;
    };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&is_free), patience)) {
      return nullptr;
    }
    ++under_way_;
    return std::make_unique<Turn>(this);
  }

 private:
  absl::Mutex mutex_;
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_EXAMPLES_CURRENCY_REQUEST_LIMIT_H_
