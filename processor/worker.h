// Runs a Processor until it is told to stop, and says how it goes.

#ifndef EXACTMEAN_PROCESSOR_WORKER_H_
#define EXACTMEAN_PROCESSOR_WORKER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/clock.h"
#include "processor/log.h"
#include "processor/metrics/worker_report.h"
#include "processor/processor.h"
#include "processor/watchdog.h"

namespace exactmean {

// The status line: what a worker did since the last one. On the worker's
// thread.
class StatusReporter {
 public:
  using Publisher = std::function<void(WorkerReport)>;

  // `name` begins each line; all pointers outlive this object. `publish`,
  // unless null, gets what each line says.
  StatusReporter(std::string name, const Processor* processor, InputLog* input,
                 Clock* clock, absl::Duration every,
                 Publisher publish = nullptr);

  // Logs a line when one is due: records a second, lag, keys, commits; for each
  // restoring partition how far it is. Before that, once: that records are
  // folded in, for start and restore are over then.
  void MaybeLog();

 private:
  WorkerReport Report() const;
  // "1234 records/s, lag 0, ..."
  std::string Line(const WorkerReport& report, absl::Duration since_last) const;

  const std::string name_;
  const Processor* const processor_;
  InputLog* const input_;
  Clock* const clock_;
  const absl::Duration every_;
  const Publisher publish_;
  absl::Time last_;
  uint64_t last_records_ = 0;
  bool begun_ = false;
};

// Runs `processor` until `stop` or an error, and shuts it down. The
// error is the first one; OK after an orderly stop.
absl::Status RunWorker(Processor* processor, StatusReporter* reporter,
                       Heartbeat* heartbeat, const std::atomic<bool>* stop);

// Of a run over a part of the input that was told to stop.
absl::Status StoppedBeforeTheEnd();

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_WORKER_H_
