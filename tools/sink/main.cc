// exactmean-sink: from the command line to the loop, and its exit code.

#include <signal.h>

#include <atomic>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/types/optional.h"
#include "glog/logging.h"
#include "processor/clock.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/topic_reader.h"
#include "processor/stop.h"
#include "processor/stop_signal.h"
#include "tools/sink/settings.h"
#include "tools/sink/sink.h"
#include "tools/sink/table.h"

namespace exactmean {
namespace {

// Kafka's default.
constexpr absl::Duration kUsualRetention = absl::Hours(24);
constexpr absl::Duration kPatience = absl::Seconds(5);

// Asks the cluster once how long the topic's tombstones live.
class Retention {
 public:
  Retention(const KafkaOptions& options, const std::atomic<bool>* stop)
      : options_(options), stop_(stop) {}

  absl::StatusOr<absl::Duration> Get() {
    if (known_.has_value()) return *known_;
    const auto admin = KafkaAdmin::Create(options_, stop_);
    if (!admin.ok()) return admin.status();
    const auto configs =
        (*admin)->TopicConfigs(options_.results_topic, kPatience);
    if (absl::IsPermissionDenied(configs.status())) {
      LOG(WARNING) << configs.status().message()
                   << ". Taken for Kafka's default: delete.retention.ms="
                   << absl::ToInt64Milliseconds(kUsualRetention);
      known_ = kUsualRetention;
      return *known_;
    }
    if (!configs.ok()) return configs.status();
    int64_t milliseconds = 0;
    const auto it = configs->find("delete.retention.ms");
    if (it == configs->end() || !absl::SimpleAtoi(it->second, &milliseconds)) {
      return absl::InternalError("the topic tells no delete.retention.ms");
    }
    known_ = absl::Milliseconds(milliseconds);
    return *known_;
  }

 private:
  const KafkaOptions options_;
  const std::atomic<bool>* const stop_;
  absl::optional<absl::Duration> known_;
};

absl::Status Run(const std::atomic<bool>* stop) {
  absl::StatusOr<SinkSettings> settings = SinkSettingsFromFlags(stop);
  if (!settings.ok()) return settings.status();
  const auto reader =
      KafkaTopicReader::Create(settings->kafka, settings->kafka.results_topic);
  if (!reader.ok()) return Stop(StopReason::kConfig, reader.status());
  Retention retention(settings->kafka, stop);
  settings->sink.delete_retention = [&] { return retention.Get(); };
  LOG(INFO) << "exactmean-sink into " << settings->database->name();
  MonotonicClock clock;
  SinkTable table(settings->database.get(), settings->table);
  Sink sink(settings->sink, reader->get(), &table, &clock, stop);
  return sink.Run();
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  exactmean::ParseSinkFlags(argc, argv);
  const std::atomic<bool>* const stop = exactmean::StopOnSignal();
  signal(SIGPIPE, SIG_IGN);
  const absl::Status status = exactmean::Run(stop);
  if (status.ok()) return 0;
  LOG(ERROR) << status.message();
  return static_cast<int>(exactmean::ReasonOf(status));
}
