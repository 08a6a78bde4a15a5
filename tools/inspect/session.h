// What every command of exactmean-inspect starts from: whose state, on which
// cluster, and how to answer.

#ifndef EXACTMEAN_TOOLS_INSPECT_SESSION_H_
#define EXACTMEAN_TOOLS_INSPECT_SESSION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/clock.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/options.h"
#include "processor/sample_reader.h"
#include "processor/step.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/progress.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

enum class OutputFormat { kText, kJson };

// What a command asks of its session.
struct SessionNeeds {
  // False: it needs no cluster; the configuration need not name one, and what
  // it says of one is not read.
  bool kafka = true;
  // --output is a file's name: the answer has no other format.
  bool output_is_file = false;
};

// Made once from the command line. Nothing of Kafka is touched before it is
// asked for, so that a command without Kafka needs none. One thread, but for
// `stop`.
class Session {
 public:
  // From the common flags. `stop` becomes true when the user wants to end;
  // `linked` are the steps of this program.
  static absl::StatusOr<std::unique_ptr<Session>> FromFlags(
      std::ostream* out, std::ostream* err, const std::atomic<bool>* stop,
      const SessionNeeds& needs, StepFactories linked = {});

  // --config with this text of a configuration merged over it.
  absl::StatusOr<Settings> SettingsWith(const std::string& text) const;

  // A Stop that asks for --config, which alone knows windows and input.
  absl::StatusOr<const Settings*> RequireSettings() const;
  // Null without --config.
  const Settings* settings() const {
    return settings_.has_value() ? &*settings_ : nullptr;
  }

  // For a command that reads samples anew. A Stop(kNoStep) when the pipeline
  // has a step that is not linked, a Stop(kConfig) without --config.
  absl::Status RequireStep() const;
  // How the records of a pipeline are read, by this program's steps, leaving
  // out what its dead letters say was given up. Used while this object lives.
  Reading ReadingOf(const Settings& settings);

  // A Stop when the command line does not say which cluster, or which topic.
  absl::StatusOr<KafkaOptions> RequireOptions() const;
  // Fails with the best reason when the cluster is out of reach.
  absl::StatusOr<KafkaAdmin*> Admin();
  absl::StatusOr<std::unique_ptr<TopicReader>> OpenResults(
      Isolation isolation = Isolation::kCommitted);
  // Needs --config.
  absl::StatusOr<std::unique_ptr<TopicReader>> OpenInput(
      Isolation isolation = Isolation::kCommitted);
  absl::StatusOr<std::unique_ptr<TopicReader>> OpenTopic(
      const std::string& topic, Isolation isolation);

  // --partition, or all that the topic has. A Stop when it has no such one.
  absl::StatusOr<std::vector<Partition>> Partitions(TopicReader* reader) const;

  OutputFormat format() const { return format_; }
  bool json() const { return format_ == OutputFormat::kJson; }
  // Of standard output.
  const Terminal& terminal() const { return terminal_; }
  std::ostream& out() { return *out_; }
  // For progress and remarks, never for what the command was asked.
  std::ostream& err() { return *err_; }
  // To err(), when that is a terminal, and `shown`.
  Progress MakeProgress(std::string what, uint64_t total, bool shown = true) {
    return Progress(std::move(what), total, err_, &clock_,
                    shown && err_is_seen_);
  }
  Clock* clock() { return &clock_; }
  const std::atomic<bool>* stop() const { return stop_; }

 private:
  // kNotFound: what names the topic, and what to do.
  absl::Status NoSuchTopic(const std::string& topic) const;

  Session(std::ostream* out, std::ostream* err, const std::atomic<bool>* stop,
          StepFactories linked)
      : out_(out), err_(err), stop_(stop), linked_(std::move(linked)) {}

  std::ostream* const out_;
  std::ostream* const err_;
  const std::atomic<bool>* const stop_;
  const StepFactories linked_;
  bool with_kafka_ = true;
  OutputFormat format_ = OutputFormat::kText;
  Terminal terminal_;
  bool err_is_seen_ = false;  // somebody looks at standard error
  ConfigArgs config_args_;
  absl::optional<Settings> settings_;
  KafkaOptions options_;
  MonotonicClock clock_;
  std::unique_ptr<KafkaAdmin> admin_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_SESSION_H_
