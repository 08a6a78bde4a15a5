// Heartbeat and Watchdog.

#include "processor/watchdog.h"

#include <chrono>
#include <utility>

namespace exactmean {
namespace {

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Heartbeat::Beat() { last_ns_ = NowNs(); }

absl::Duration Heartbeat::Silence() const {
  if (ended_) return absl::ZeroDuration();
  return absl::Nanoseconds(NowNs() - last_ns_);
}

Watchdog::Watchdog(std::vector<const Heartbeat*> heartbeats,
                   absl::Duration limit,
                   absl::FunctionRef<void(absl::Duration)> on_silence)
    : thread_([this, heartbeats = std::move(heartbeats), limit, on_silence] {
        while (!done_.WaitForNotificationWithTimeout(limit / 10)) {
          for (const Heartbeat* heartbeat : heartbeats) {
            const absl::Duration silence = heartbeat->Silence();
            if (silence < limit) continue;
            on_silence(silence);
            return;
          }
        }
      }) {}

Watchdog::~Watchdog() {
  done_.Notify();
  thread_.join();
}

}  // namespace exactmean
