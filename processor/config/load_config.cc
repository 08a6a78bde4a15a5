// Reads, merges, checks. Each section of the configuration has a function that
// reads it into the settings.

#include "processor/config/load_config.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/config/checks.h"
#include "processor/config/config_text.h"
#include "processor/config/delivery_settings.h"
#include "processor/config/duration.h"
#include "processor/config/environment.h"
#include "processor/config/problems.h"
#include "processor/config/settings.h"
#include "processor/config/source_settings.h"
#include "processor/config/step_settings.h"
#include "processor/config/window_settings.h"
#include "processor/decoder/source_spec.h"
#include "processor/input_position.h"
#include "proto/config.pb.h"

namespace exactmean {
namespace {

constexpr uint32_t kMaxWorkers = 64;
constexpr int32_t kMaxReplicationFactor = 32767;
// The brokers' limit, unless they are told otherwise.
constexpr absl::Duration kMaxTransactionTimeout = absl::Minutes(15);

absl::StatusOr<config::Config> ReadConfig(const ConfigArgs& args) {
  config::Config config;
  if (!args.path.empty()) {
    const absl::StatusOr<std::string> text = ReadConfigFile(args.path);
    if (!text.ok()) return text.status();
    const absl::Status status = MergeConfigText(args.path, *text, &config);
    if (!status.ok()) return status;
  }
  for (const std::string& snippet : args.overrides) {
    const absl::Status status =
        MergeConfigText("--config_override", snippet, &config);
    if (!status.ok()) return status;
  }
  return config;
}

// The name of this host; empty if it has none.
std::string HostName() {
  char name[256] = "";
  if (gethostname(name, sizeof(name) - 1) != 0) return "";
  return name;
}

void ReadIds(const config::Config& config, const ConfigArgs& args,
             Settings* settings, Problems* problems) {
  settings->application_id = config.application_id();
  CheckId(settings->application_id, "application_id", problems);
  settings->instance_id =
      args.instance_id.empty() ? HostName() : args.instance_id;
  CheckId(settings->instance_id, "--instance_id", problems);
}

void ReadServers(absl::string_view servers, absl::string_view field,
                 Settings* settings, Problems* problems) {
  settings->bootstrap_servers = Expanded(servers, field, problems);
  for (const absl::string_view server :
       absl::StrSplit(settings->bootstrap_servers, ',')) {
    if (IsServer(absl::StripAsciiWhitespace(server))) continue;
    problems->Add(field, servers.empty()
                             ? "required, here or by --bootstrap_servers"
                             : "must be host:port[,host:port...]");
    return;
  }
}

void ReadKafka(const config::Kafka& kafka, const ConfigArgs& args,
               Settings* settings, Problems* problems) {
  if (args.bootstrap_servers.empty()) {
    ReadServers(kafka.bootstrap_servers(), "kafka.bootstrap_servers", settings,
                problems);
  } else {
    ReadServers(args.bootstrap_servers, "--bootstrap_servers", settings,
                problems);
  }
  // In an order of its own, for the problems' sake.
  const std::map<std::string, std::string> properties(kafka.property().begin(),
                                                      kafka.property().end());
  for (const auto& property : properties) {
    const std::string field = absl::StrCat(
        "kafka.property \"", absl::CHexEscape(property.first), "\"");
    if (property.first.empty()) problems->Add(field, "key is required");
    settings->properties[property.first] =
        Expanded(property.second, field, problems);
    if (MentionsEnvironment(property.second)) {
      settings->from_environment.insert(property.first);
    }
  }
  settings->unreachable_deadline =
      ReadDuration(kafka.unreachable_deadline(), "kafka.unreachable_deadline",
                   absl::Seconds(1), absl::Hours(24 * 7), problems)
          .value_or(settings->unreachable_deadline);
}

void ReadTopics(const config::Config& config, Settings* settings,
                Problems* problems) {
  settings->input_topic = config.input().topic();
  settings->results_topic = config.results().topic();
  settings->updates_topic = config.updates().topic();
  CheckTopic(settings->input_topic, "input.topic", problems);
  CheckTopic(settings->results_topic, "results.topic", problems);
  if (config.has_updates()) {
    CheckTopic(settings->updates_topic, "updates.topic", problems);
  }
  settings->dead_letter_topic = config.dead_letters().topic();
  if (config.has_dead_letters() ||
      config.on_bad_record() == config::DEAD_LETTER ||
      config.step().retry().give_up() >= config::Retry::DEAD_LETTER) {
    CheckTopic(settings->dead_letter_topic, "dead_letters.topic", problems);
  }
  const auto differ = [problems](absl::string_view field,
                                 absl::string_view topic,
                                 absl::string_view other_field,
                                 absl::string_view other) {
    if (topic.empty() || topic != other) return;
    problems->Add(field, absl::StrCat("must not be the topic of ", other_field,
                                      ": give it one of its own"));
  };
  differ("results.topic", settings->results_topic, "input",
         settings->input_topic);
  differ("updates.topic", settings->updates_topic, "input",
         settings->input_topic);
  differ("updates.topic", settings->updates_topic, "results",
         settings->results_topic);
  const std::string& dead = settings->dead_letter_topic;
  differ("dead_letters.topic", dead, "input", settings->input_topic);
  differ("dead_letters.topic", dead, "results", settings->results_topic);
  differ("dead_letters.topic", dead, "updates", settings->updates_topic);
  for (const RetryPolicy::Topic& retry : settings->retry.topics) {
    constexpr absl::string_view kField = "step.retry.topic";
    differ(kField, retry.name, "input", settings->input_topic);
    differ(kField, retry.name, "results", settings->results_topic);
    differ(kField, retry.name, "updates", settings->updates_topic);
    differ(kField, retry.name, "dead_letters", dead);
  }

  settings->replication_factor = config.results().replication_factor();
  if (settings->replication_factor < 0 ||
      settings->replication_factor > kMaxReplicationFactor) {
    problems->Add(
        "results.replication_factor",
        absl::StrCat("must be 1 to ", kMaxReplicationFactor,
                     ", or left out, is ", settings->replication_factor));
  }
}

void ReadStart(const config::Input& input, Settings* settings,
               Problems* problems) {
  if (input.start().empty()) return;
  auto start = ParseInputPosition(input.start());
  if (start.ok()) {
    settings->start = *std::move(start);
  } else {
    problems->Add("input.start", start.status().message());
  }
}

void ReadState(const config::Config& config, Settings* settings,
               Problems* problems) {
  settings->source = ReadSource(config.input(), problems);
  settings->state.source = Describe(settings->source);
  settings->state.windows = ReadWindows(config, problems);
  const absl::optional<absl::Duration> grace = ReadDuration(
      config.grace(), "grace", absl::ZeroDuration(), kMaxDuration, problems);
  if (grace.has_value()) {
    settings->state.grace_us = absl::ToInt64Microseconds(*grace);
  }
  const absl::optional<absl::Duration> ttl =
      ReadDuration(config.idle_key_ttl(), "idle_key_ttl", absl::Microseconds(1),
                   kMaxDuration, problems);
  if (ttl.has_value()) {
    settings->state.idle_key_ttl_us = absl::ToInt64Microseconds(*ttl);
  }
}

void ReadCommit(const config::Commit& commit, Settings* settings,
                Problems* problems) {
  settings->commit_interval =
      ReadDuration(commit.interval(), "commit.interval", absl::ZeroDuration(),
                   kMaxTransactionTimeout / 2, problems)
          .value_or(settings->commit_interval);
  if (commit.max_records() != 0) {
    settings->commit_max_records = commit.max_records();
  }
  settings->transaction_timeout =
      ReadDuration(commit.transaction_timeout(), "commit.transaction_timeout",
                   absl::Seconds(1), kMaxTransactionTimeout, problems)
          .value_or(settings->transaction_timeout);
  if (settings->transaction_timeout < 2 * settings->commit_interval) {
    problems->Add("commit.transaction_timeout",
                  absl::StrCat("must be at least twice the commit.interval of ",
                               DurationText(settings->commit_interval), ", is ",
                               DurationText(settings->transaction_timeout)));
  }
}

void ReadGroup(const config::Group& group, Settings* settings,
               Problems* problems) {
  settings->static_membership = group.membership() == config::Group::STATIC;
  settings->assignor = group.assignor() == config::Group::RANGE
                           ? Assignor::kRange
                           : Assignor::kCooperativeSticky;
  settings->session_timeout =
      ReadDuration(group.session_timeout(), "group.session_timeout",
                   absl::Seconds(1), absl::Minutes(30), problems)
          .value_or(settings->session_timeout);
}

BadRecordPolicy PolicyOf(config::BadRecordPolicy policy) {
  switch (policy) {
    case config::SKIP:
      return BadRecordPolicy::kSkip;
    case config::DEAD_LETTER:
      return BadRecordPolicy::kDeadLetter;
    default:
      return BadRecordPolicy::kStop;
  }
}

// A number in the place of an enum's value may be none of them.
void CheckEnums(const config::Config& config, Problems* problems) {
  constexpr absl::string_view kUnknown = "has an unknown value: write its name";
  if (!config::BadRecordPolicy_IsValid(config.on_bad_record())) {
    problems->Add("on_bad_record", kUnknown);
  }
  if (!config::Group::Membership_IsValid(config.group().membership())) {
    problems->Add("group.membership", kUnknown);
  }
  if (!config::Group::Assignor_IsValid(config.group().assignor())) {
    problems->Add("group.assignor", kUnknown);
  }
}

}  // namespace

absl::StatusOr<Settings> LoadSettings(const ConfigArgs& args) {
  const absl::StatusOr<config::Config> config = ReadConfig(args);
  if (!config.ok()) return config.status();
  Settings settings;
  Problems problems;
  ReadIds(*config, args, &settings, &problems);
  if (args.with_kafka) ReadKafka(config->kafka(), args, &settings, &problems);
  ReadStep(*config, &settings, &problems);
  ReadTopics(*config, &settings, &problems);
  ReadState(*config, &settings, &problems);
  ReadCommit(config->commit(), &settings, &problems);
  ReadGroup(config->group(), &settings, &problems);
  CheckEnums(*config, &problems);
  ReadStart(config->input(), &settings, &problems);
  settings.delivery = ReadDelivery(config->delivery(), &problems);
  settings.on_bad_record = PolicyOf(config->on_bad_record());
  if (config->workers() > kMaxWorkers) {
    problems.Add("workers", absl::StrCat("must be 1 to ", kMaxWorkers, ", is ",
                                         config->workers()));
  } else if (config->workers() != 0) {
    settings.workers = static_cast<int>(config->workers());
  }
  std::string source = args.path.empty() ? "configuration" : args.path;
  if (!args.overrides.empty() && !args.path.empty()) {
    source += " with --config_override";
  }
  const absl::Status status = problems.ToStatus(source);
  if (!status.ok()) return status;
  return settings;
}

}  // namespace exactmean
