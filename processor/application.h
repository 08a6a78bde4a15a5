// Puts the parts together on a real Kafka, and runs them.

#ifndef EXACTMEAN_PROCESSOR_APPLICATION_H_
#define EXACTMEAN_PROCESSOR_APPLICATION_H_

#include <atomic>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/config/settings.h"

namespace exactmean {

// Checks the topics, then runs the configured number of workers, each on a
// thread of its own, until `*stop` or the first error of any of them. Returns
// that error, a Stop. Ends the process itself, with StopReason::kWatchdog, when
// a worker stands still or does not stop in time.
absl::Status RunApplication(const Settings& settings,
                            absl::Duration status_every,
                            std::atomic<bool>* stop);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_APPLICATION_H_
