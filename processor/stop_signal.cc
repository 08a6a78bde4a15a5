// StopOnSignal.

#include "processor/stop_signal.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace exactmean {
namespace {

std::atomic<bool> stop{false};

// When the first signal came; 0: none yet.
std::atomic<int64_t> first_signal_ns{0};

// Async-signal-safe. timeout(1), for one, signals a process and its group,
// which is one wish.
void OnSignal(int signal) {
  constexpr int64_t kOneWishNs = 500'000'000;
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const int64_t now = int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  int64_t first = 0;
  if (first_signal_ns.compare_exchange_strong(first, now)) {
    stop = true;
  } else if (now - first > kOneWishNs) {
    _exit(128 + signal);
  }
}

}  // namespace

std::atomic<bool>* StopOnSignal() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  return &stop;
}

}  // namespace exactmean
