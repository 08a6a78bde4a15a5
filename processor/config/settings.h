// All that a process is told, checked, parsed, and with every default filled
// in: the defaults are here, and proto/config.proto tells them to the user.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_SETTINGS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_SETTINGS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/bad_record_policy.h"
#include "processor/decoder/source_spec.h"
#include "processor/delivery.h"
#include "processor/input_position.h"
#include "processor/kafka/options.h"
#include "processor/record_retry.h"
#include "processor/step.h"
#include "state/spec.h"

namespace exactmean {

// A value; made by LoadSettings, which has checked it.
struct Settings {
  std::string application_id;
  std::string instance_id;  // of this process

  std::string bootstrap_servers;
  std::map<std::string, std::string> properties;  // librdkafka's
  std::set<std::string> from_environment;  // names of properties not to show
  absl::Duration unreachable_deadline = absl::Seconds(60);

  std::string input_topic;
  SourceSpec source;
  InputPosition start;
  absl::optional<InputPosition> end;  // of a run over a part of the input

  std::string results_topic;
  int replication_factor = 0;  // 0: the broker's default
  std::string updates_topic;   // empty: none

  StateSpec state;  // its `source` is Describe(source), its `step` likewise
  BadRecordPolicy on_bad_record = BadRecordPolicy::kStop;
  // Empty: none. Written to only if WritesDeadLetters.
  std::string dead_letter_topic;

  StepSpec step;
  std::set<std::string> hidden_step_options;  // names: from the environment
  RetryPolicy retry;

  Delivery delivery;
  absl::Duration commit_interval = absl::Milliseconds(100);
  uint64_t commit_max_records = 200000;
  absl::Duration transaction_timeout = absl::Seconds(15);

  int workers = 1;
  bool static_membership = true;
  Assignor assignor = Assignor::kRange;
  absl::Duration session_timeout = absl::Seconds(10);
};

// Does any policy write to the dead-letter topic?
inline bool WritesDeadLetters(const Settings& settings) {
  return settings.on_bad_record == BadRecordPolicy::kDeadLetter ||
         settings.retry.give_up == RetryPolicy::GiveUp::kDeadLetter ||
         settings.retry.give_up == RetryPolicy::GiveUp::kRetryTopic;
}

// For the log, a line a setting. Values of properties that may be secret, by
// their name or because they come from the environment, are left out.
std::string DescribeSettings(const Settings& settings);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_SETTINGS_H_
