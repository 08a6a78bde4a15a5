// RunApplication: workers, their threads, and the watch over them.

#include "processor/program/application.h"

#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "glog/logging.h"
#include "processor/clock.h"
#include "processor/config/kafka_options.h"
#include "processor/config/settings.h"
#include "processor/delivery.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/library.h"
#include "processor/kafka/plain_writer.h"
#include "processor/kafka/topic_reader.h"
#include "processor/kafka/transaction.h"
#include "processor/metrics/metrics_server.h"
#include "processor/processor.h"
#include "processor/program/topics.h"
#include "processor/record_handler.h"
#include "processor/sample_reader.h"
#include "processor/step.h"
#include "processor/stop.h"
#include "processor/watchdog.h"
#include "processor/worker.h"
#include "state/counts.h"
#include "state/partition_state.h"

namespace exactmean {
namespace {

// How long an orderly stop may take: a commit, and leaving the group.
constexpr absl::Duration kShutdownDeadline = absl::Seconds(30);

[[noreturn]] void EndNow(const std::string& why,
                         StopReason reason = StopReason::kWatchdog) {
  LOG(ERROR) << why;
  google::FlushLogFiles(google::INFO);
  _exit(static_cast<int>(reason));
}

// Every retry within a turn ends after the transaction's time-out: a turn that
// takes several of them hangs in a call.
absl::Duration LongestTurn(const Settings& settings) {
  return 4 * settings.transaction_timeout + absl::Seconds(30);
}

// What the threads tell the main one. With the standard library's locks: the
// system's Abseil is not built for ThreadSanitizer to follow.
class Outcome {
 public:
  explicit Outcome(size_t workers) : running_(workers) {}

  void Ended(const absl::Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    first_error_.Update(status);
    --running_;
    one_ended_.notify_all();
  }
  // True when all have ended; waits up to `timeout` for it.
  bool AllEnded(absl::Duration timeout) {
    std::unique_lock<std::mutex> lock(mutex_);
    return one_ended_.wait_for(lock, absl::ToChronoMilliseconds(timeout),
                               [this] { return running_ == 0; });
  }
  absl::Status first_error() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return first_error_;
  }

 private:
  std::mutex mutex_;  // guards:
  size_t running_;
  absl::Status first_error_;
  std::condition_variable one_ended_;
};

ProcessorOptions OptionsOf(const Settings& settings) {
  ProcessorOptions options;
  options.results_topic = settings.results_topic;
  options.commit_policy = {settings.commit_interval,
                           settings.commit_max_records};
  options.commit.delivery = settings.delivery;
  options.commit.updates = !settings.updates_topic.empty();
  options.commit.patience = settings.transaction_timeout;
  options.restore.fresh = settings.start;
  options.end = settings.end;
  options.restore.begins_there = settings.end.has_value();
  options.unreachable_deadline = settings.unreachable_deadline;
  options.retry = settings.retry;
  return options;
}

// One line: the guarantee, when a result can be seen, where reading starts.
std::string Promise(const Settings& settings) {
  const std::string due =
      absl::StrCat("every ", absl::FormatDuration(settings.commit_interval),
                   " or ", Plural(settings.commit_max_records, "record"));
  const absl::string_view style = ToString(settings.delivery.commits);
  switch (settings.delivery.mode) {
    case DeliveryMode::kAtLeastOnce:
      return absl::StrCat(
          "at least once, commits ", style,
          ". Nothing is lost; updates and dead letters may be repeated after a "
          "crash, snapshots never count a record twice. A result is visible as "
          "soon as it is written, its step half done or not, ",
          due, "; reading starts where the state in the results topic ends");
    case DeliveryMode::kAtMostOnce:
      return absl::StrCat(
          "at most once, commits ", style,
          ". Nothing is repeated; what is under way at a crash is lost, and "
          "counted. A result is written once the group has the offset after "
          "its record, ",
          due, "; reading starts at the group's offset");
    case DeliveryMode::kExactlyOnce:
      break;
  }
  return absl::StrCat(
      "exactly once. A result is visible to read-committed readers with the "
      "commit after its record, ",
      due, "; reading starts where the state in the results topic ends");
}

// On the worker's thread: all it uses is made and destroyed here.
absl::Status Work(const Settings& settings, const Pipeline& pipeline,
                  const WorkerLogsFactory& make_logs,
                  const StepFactories& steps, int worker,
                  absl::Duration status_every, MetricsServer* metrics,
                  Heartbeat* heartbeat, const std::atomic<bool>* stop) {
  auto reader = MakeSampleReader({settings.source, settings.step, steps});
  if (!reader.ok()) return reader.status();
  const auto logs = make_logs(WorkerOptionsOf(settings, worker));
  if (!logs.ok()) return logs.status();
  RecordHandler handler(*std::move(reader), settings.on_bad_record,
                        settings.input_topic, settings.application_id,
                        &absl::Now, settings.retry.topics);
  MonotonicClock clock;
  std::vector<TopicReader*> retry_topics;
  for (const auto& topic : logs->retry_topics) {
    retry_topics.push_back(topic.get());
  }
  Processor processor(&pipeline, logs->input.get(), logs->results.get(),
                      logs->transaction.get(), &handler, &clock,
                      OptionsOf(settings), retry_topics);
  StatusReporter::Publisher publish;
  if (metrics != nullptr) {
    publish = [metrics, worker](WorkerReport report) {
      metrics->Publish(worker, std::move(report));
    };
  }
  StatusReporter reporter(absl::StrCat("worker ", worker), &processor,
                          logs->input.get(), &clock, status_every,
                          std::move(publish));
  return RunWorker(&processor, &reporter, heartbeat, stop);
}

}  // namespace

absl::StatusOr<WorkerLogs> MakeKafkaLogs(const KafkaOptions& options) {
  WorkerLogs logs;
  auto input = KafkaInputLog::Create(options);
  if (!input.ok()) return input.status();
  logs.input = *std::move(input);
  auto results = KafkaTopicReader::Create(options, options.results_topic);
  if (!results.ok()) return results.status();
  logs.results = *std::move(results);
  for (const std::string& topic : options.retry_topics) {
    auto retries = KafkaTopicReader::Create(options, topic);
    if (!retries.ok()) return retries.status();
    logs.retry_topics.push_back(*std::move(retries));
  }
  if (options.transactional) {
    auto transaction = KafkaTransaction::Create(options);
    if (!transaction.ok()) return transaction.status();
    logs.transaction = *std::move(transaction);
  } else {
    auto writer = KafkaPlainWriter::Create(options);
    if (!writer.ok()) return writer.status();
    logs.transaction = *std::move(writer);
  }
  return logs;
}

absl::Status RunApplication(const Settings& settings,
                            const Reporting& reporting,
                            const WorkerLogsFactory& make_logs,
                            const StepFactories& steps,
                            std::atomic<bool>* stop) {
  LOG(INFO) << "exactmean on librdkafka " << KafkaLibraryVersion() << ": "
            << DescribeSettings(settings);
  const absl::Status step = MakeStep(settings.step, steps).status();
  if (!step.ok()) return step;
  std::unique_ptr<MetricsServer> metrics;
  if (!reporting.metrics_address.empty()) {
    auto started = MetricsServer::Start(reporting.metrics_address,
                                        settings.application_id);
    if (!started.ok()) {
      return Stop(
          StopReason::kConfig,
          absl::StrCat("--metrics_address: ", started.status().message()));
    }
    metrics = *std::move(started);
    LOG(INFO) << "metrics: port " << metrics->port() << ", /metrics";
  }
  const absl::StatusOr<int32_t> partitions = CheckTopics(settings, stop);
  if (*stop) {
    return settings.end.has_value() ? StoppedBeforeTheEnd() : absl::OkStatus();
  }
  if (!partitions.ok()) return partitions.status();
  const Pipeline pipeline(
      settings.state,
      {settings.application_id, settings.input_topic, *partitions},
      settings.delivery.mode);
  LOG(INFO) << "delivery: " << Promise(settings);

  const auto workers = static_cast<size_t>(settings.workers);
  std::vector<Heartbeat> heartbeats(workers);
  Outcome outcome(workers);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < workers; ++i) {
    threads.emplace_back([&, i] {
      const absl::Status status =
          Work(settings, pipeline, make_logs, steps, static_cast<int>(i),
               reporting.status_every, metrics.get(), &heartbeats[i], stop);
      heartbeats[i].End();
      *stop = true;  // one for all
      outcome.Ended(status);
    });
  }
  std::vector<const Heartbeat*> watched;
  for (const Heartbeat& heartbeat : heartbeats) watched.push_back(&heartbeat);
  const auto on_silence = [](absl::Duration silence) {
    EndNow(absl::StrCat("a worker has stood still for ",
                        absl::FormatDuration(silence),
                        ": a call to the Kafka client, or of the pipeline's "
                        "step, does not return"));
  };
  const Watchdog watchdog(watched, LongestTurn(settings), on_silence);
  while (!*stop && !outcome.AllEnded(absl::Milliseconds(100))) {
  }
  if (!outcome.AllEnded(kShutdownDeadline)) {
    const std::string late = absl::StrCat(
        "not stopped after ", absl::FormatDuration(kShutdownDeadline));
    const absl::Status why = outcome.first_error();
    if (why.ok()) EndNow(late);
    // One has ended with a reason, and another does not follow it.
    EndNow(absl::StrCat(why.message(), "; ", late), ReasonOf(why));
  }
  for (std::thread& thread : threads) thread.join();
  const absl::Status error = outcome.first_error();
  return absl::IsPermissionDenied(error) ? ExplainDenied(settings, error)
                                         : error;
}

}  // namespace exactmean
