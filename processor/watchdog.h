// Ends the process when a run loop stands still: a call into the client library
// that never returns must not hold partitions for ever. (librdkafka's
// send_offsets_to_transaction ignores its time-out while the group coordinator
// is down: issue 5456.)

#ifndef EXACTMEAN_PROCESSOR_WATCHDOG_H_
#define EXACTMEAN_PROCESSOR_WATCHDOG_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace exactmean {

// A sign of life of one thread. Thread-safe.
class Heartbeat {
 public:
  Heartbeat() { Beat(); }
  void Beat();
  // From now on silence is fine: the thread has ended.
  void End() { ended_ = true; }
  // Since the last sign of life; 0 when ended.
  absl::Duration Silence() const;

 private:
  std::atomic<int64_t> last_ns_{0};
  std::atomic<bool> ended_{false};
};

// Watches from a thread of its own. `on_silence` is called once, from there,
// when any of the heartbeats has been silent for `limit`; all outlive this
// object.
class Watchdog {
 public:
  Watchdog(std::vector<const Heartbeat*> heartbeats, absl::Duration limit,
           absl::FunctionRef<void(absl::Duration)> on_silence);
  ~Watchdog();

 private:
  absl::Notification done_;
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_WATCHDOG_H_
