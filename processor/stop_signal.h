// SIGTERM and SIGINT as a wish to stop.

#ifndef EXACTMEAN_PROCESSOR_STOP_SIGNAL_H_
#define EXACTMEAN_PROCESSOR_STOP_SIGNAL_H_

#include <atomic>

namespace exactmean {

// Becomes true with the first signal. A second one does not wait for anything:
// it ends the process with 128 and its number. To be called once, early in
// main.
std::atomic<bool>* StopOnSignal();

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_STOP_SIGNAL_H_
