// How many requests a process may have under way.

#ifndef EXACTMEAN_EXAMPLES_CURRENCY_REQUEST_LIMIT_H_
#define EXACTMEAN_EXAMPLES_CURRENCY_REQUEST_LIMIT_H_

#include <condition_variable>
#include <memory>
#include <mutex>

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
      const std::lock_guard<std::mutex> lock(limit_->mutex_);
      --limit_->under_way_;
      limit_->turn_over_.notify_one();
    }

   private:
    RequestLimit* const limit_;
  };

  // Null when `most` are still under way after `patience`.
  std::unique_ptr<Turn> Wait(int most, absl::Duration patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto is_free = [this, most] { return under_way_ < most; };
    if (!turn_over_.wait_for(lock, absl::ToChronoMicroseconds(patience),
                             is_free)) {
      return nullptr;
    }
    ++under_way_;
    return std::make_unique<Turn>(this);
  }

 private:
  std::mutex mutex_;  // guards:
  int under_way_ = 0;
  std::condition_variable turn_over_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_EXAMPLES_CURRENCY_REQUEST_LIMIT_H_
