// Settings from flags, clients on request.

#include "tools/inspect/session.h"

#include <unistd.h>

#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/kafka/topic_reader.h"
#include "processor/program/cluster_check.h"
#include "processor/program/kafka_tool.h"
#include "processor/stop.h"
#include "tools/inspect/dlq/given_up.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/named_state.h"
#include "tools/inspect/scan.h"

namespace exactmean {

absl::StatusOr<std::unique_ptr<Session>> Session::FromFlags(
    std::ostream* out, std::ostream* err, const std::atomic<bool>* stop,
    const SessionNeeds& needs, StepFactories linked) {
  std::unique_ptr<Session> session(
      new Session(out, err, stop, std::move(linked)));
  const std::string output = absl::GetFlag(FLAGS_output);
  if (!needs.output_is_file && output != "text" && output != "json") {
    return Stop(StopReason::kConfig, "--output is text or json");
  }
  session->format_ =
      output == "json" ? OutputFormat::kJson : OutputFormat::kText;
  session->with_kafka_ = needs.kafka;
  session->terminal_ = TerminalOf(STDOUT_FILENO);
  session->err_is_seen_ = TerminalOf(STDERR_FILENO).interactive;
  auto state = ReadStateFlags(
      {absl::GetFlag(FLAGS_config), absl::GetFlag(FLAGS_config_override),
       absl::GetFlag(FLAGS_bootstrap_servers),
       absl::GetFlag(FLAGS_results_topic)},
      needs.kafka, "inspect");
  if (!state.ok()) return state.status();
  session->config_args_ = std::move(state->args);
  session->settings_ = std::move(state->settings);
  session->options_ = std::move(state->options);
  return session;
}

absl::StatusOr<const Settings*> Session::RequireSettings() const {
  if (settings_.has_value()) return &*settings_;
  return Stop(StopReason::kConfig,
              "this needs the pipeline's input and windows: give "
              "--config=FILE, the processor's configuration");
}

absl::Status Session::RequireStep() const {
  const auto settings = RequireSettings();
  if (!settings.ok()) return settings.status();
  const absl::Status made = MakeStep((*settings)->step, linked_).status();
  if (ReasonOf(made) != StopReason::kNoStep) return made;
  return Stop(
      StopReason::kNoStep,
      absl::StrCat(
          made.message(),
          ". Without it no record can be read anew: verify, explain, "
          "replay, simulate, rewind, plot, diff of times or configurations, "
          "and get of what the results topic no longer proves, take "
          "the program with the step; all else works with this one"));
}

Reading Session::ReadingOf(const Settings& settings) {
  Reading reading{settings.source, settings.step, linked_};
  if (with_kafka_ && !settings.step.name.empty() &&
      !settings.dead_letter_topic.empty()) {
    // All copies read on from where one of them was.
    auto letters = std::make_shared<std::unique_ptr<GivenUpLetters>>();
    reading.given_up = [this, application = settings.application_id,
                        input = settings.input_topic,
                        topic = settings.dead_letter_topic,
                        letters]() -> absl::StatusOr<GivenUp> {
      if (*letters == nullptr) {
        auto reader = OpenTopic(topic, Isolation::kCommitted);
        if (absl::IsNotFound(reader.status())) return GivenUp();
        if (!reader.ok()) return reader.status();
        ScanOptions options;
        options.clock = &clock_;
        options.patience = absl::GetFlag(FLAGS_patience);
        options.stop = stop_;
        *letters = std::make_unique<GivenUpLetters>(
            *std::move(reader), application, input, options);
      }
      return (*letters)->Read();
    };
  }
  return reading;
}

absl::StatusOr<Settings> Session::SettingsWith(const std::string& text) const {
  const auto settings = RequireSettings();
  if (!settings.ok()) return settings.status();
  ConfigArgs args = config_args_;
  args.overrides.push_back(text);
  auto changed = LoadSettings(args);
  if (!changed.ok()) return Stop(StopReason::kConfig, changed.status());
  return changed;
}

absl::StatusOr<KafkaOptions> Session::RequireOptions() const {
  if (!options_.bootstrap_servers.empty() && !options_.results_topic.empty()) {
    return options_;
  }
  return Stop(StopReason::kConfig,
              "which topic? Give --config=FILE, or --bootstrap_servers and "
              "--results_topic");
}

absl::StatusOr<KafkaAdmin*> Session::Admin() {
  if (admin_ != nullptr) return admin_.get();
  const absl::StatusOr<KafkaOptions> options = RequireOptions();
  if (!options.ok()) return options.status();
  auto admin = KafkaAdmin::Create(*options, stop_);
  if (!admin.ok()) return admin.status();
  // It tells best why a cluster cannot be reached.
  const auto brokers = (*admin)->CountBrokers(absl::GetFlag(FLAGS_patience));
  if (!brokers.ok()) return brokers.status();
  admin_ = *std::move(admin);
  return admin_.get();
}

absl::Status Session::NoSuchTopic(const std::string& topic) const {
  const std::string make = absl::StrCat(
      CreateTopicsCommand(settings_.has_value() ? settings_->step : StepSpec()),
      " makes it");
  std::string named = "the command line, or a checkpoint, names it";
  std::string mend = "check the name";
  if (topic == options_.results_topic) {
    named = absl::GetFlag(FLAGS_results_topic).empty()
                ? "results.topic of the configuration names it"
                : "--results_topic names it";
    mend = make;
  } else if (settings_.has_value() && topic == settings_->dead_letter_topic) {
    named = "dead_letters.topic of the configuration names it";
    mend = make;
  } else if (settings_.has_value() && topic == settings_->input_topic) {
    named = "input.topic of the configuration names it";
  }
  return absl::NotFoundError(
      absl::StrCat("topic \"", topic, "\" does not exist: ", named, "; ", mend,
                   ". Topics that are there: ",
                   KafkaTool("topics", options_.bootstrap_servers), " --list"));
}

absl::StatusOr<std::unique_ptr<TopicReader>> Session::OpenTopic(
    const std::string& topic, Isolation isolation) {
  const auto admin = Admin();
  if (!admin.ok()) return admin.status();
  auto reader = KafkaTopicReader::Create(options_, topic, isolation);
  if (!reader.ok()) return reader.status();
  const auto count = (*reader)->PartitionCount();
  if (absl::IsNotFound(count.status())) return NoSuchTopic(topic);
  if (!count.ok()) return count.status();
  return absl::StatusOr<std::unique_ptr<TopicReader>>(*std::move(reader));
}

absl::StatusOr<std::unique_ptr<TopicReader>> Session::OpenResults(
    Isolation isolation) {
  const absl::StatusOr<KafkaOptions> options = RequireOptions();
  if (!options.ok()) return options.status();
  return OpenTopic(options->results_topic, isolation);
}

absl::StatusOr<std::unique_ptr<TopicReader>> Session::OpenInput(
    Isolation isolation) {
  const auto settings = RequireSettings();
  if (!settings.ok()) return settings.status();
  return OpenTopic((*settings)->input_topic, isolation);
}

absl::StatusOr<std::vector<Partition>> Session::Partitions(
    TopicReader* reader) const {
  const absl::StatusOr<int32_t> count = reader->PartitionCount();
  if (!count.ok()) return count.status();
  const absl::optional<uint32_t> one = absl::GetFlag(FLAGS_partition);
  if (one.has_value()) {
    if (*one < static_cast<uint32_t>(*count)) {
      return std::vector<Partition>{Partition(static_cast<int32_t>(*one))};
    }
    return Stop(StopReason::kConfig,
                absl::StrCat("no partition ", *one, ": the topic has ", *count,
                             ", from 0 on"));
  }
  std::vector<Partition> all;
  for (int32_t p = 0; p < *count; ++p) all.emplace_back(p);
  return all;
}

}  // namespace exactmean
