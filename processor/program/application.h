// Puts the parts together on a real Kafka, and runs them.

#ifndef EXACTMEAN_PROCESSOR_PROGRAM_APPLICATION_H_
#define EXACTMEAN_PROCESSOR_PROGRAM_APPLICATION_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/config/settings.h"
#include "processor/kafka/options.h"
#include "processor/log.h"
#include "processor/step.h"
#include "processor/topic_reader.h"

namespace exactmean {

// What a worker works with.
struct WorkerLogs {
  std::unique_ptr<InputLog> input;
  std::unique_ptr<ResultsLog> results;
  std::unique_ptr<Transaction> transaction;
  std::vector<std::unique_ptr<TopicReader>> retry_topics;
};

// Called once by each worker, on its thread.
using WorkerLogsFactory =
    std::function<absl::StatusOr<WorkerLogs>(const KafkaOptions&)>;

// Kafka's.
absl::StatusOr<WorkerLogs> MakeKafkaLogs(const KafkaOptions& options);

// How a run tells what it does.
struct Reporting {
  absl::Duration status_every = absl::Seconds(5);
  std::string metrics_address;  // HOST:PORT; empty: no metrics are served
};

// Checks the step and the topics, then runs the configured number of workers,
// each with a step of its own among `steps` and on a thread of its own, until
// `*stop` or the first error of any of them. Returns that error, a Stop. Ends
// the process itself, with StopReason::kWatchdog, when a worker stands still or
// does not stop in time.
absl::Status RunApplication(const Settings& settings,
                            const Reporting& reporting,
                            const WorkerLogsFactory& make_logs,
                            const StepFactories& steps,
                            std::atomic<bool>* stop);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROGRAM_APPLICATION_H_
