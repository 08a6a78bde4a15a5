// What of the settings a Kafka client needs.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_KAFKA_OPTIONS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_KAFKA_OPTIONS_H_

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/config/settings.h"
#include "processor/delivery.h"
#include "processor/kafka/options.h"

namespace exactmean {

// For the clients of `user`: a worker's number, or the name of what else needs
// them. Group member and transactional id are named after it, so two workers of
// an application never share one, and a worker keeps its own over a restart.
inline KafkaOptions KafkaOptionsOf(const Settings& settings,
                                   absl::string_view user) {
  KafkaOptions options;
  options.bootstrap_servers = settings.bootstrap_servers;
  options.properties = settings.properties;
  options.hidden = settings.from_environment;
  options.application_id = settings.application_id;
  options.instance_id = absl::StrCat(settings.instance_id, "-", user);
  options.static_membership = settings.static_membership;
  options.assignor = settings.assignor;
  options.session_timeout = settings.session_timeout;
  // '/' is in neither name: no two applications share an id.
  options.transactional_id =
      absl::StrCat(settings.application_id, "/", options.instance_id);
  options.transaction_timeout = settings.transaction_timeout;
  options.input_topic = settings.input_topic;
  options.results_topic = settings.results_topic;
  options.updates_topic = settings.updates_topic;
  if (WritesDeadLetters(settings)) {
    options.dead_letter_topic = settings.dead_letter_topic;
  }
  for (const RetryPolicy::Topic& topic : settings.retry.topics) {
    options.retry_topics.push_back(topic.name);
  }
  return options;
}

// For the clients of a worker, which read and write as the mode has it.
inline KafkaOptions WorkerOptionsOf(const Settings& settings, int worker) {
  KafkaOptions options = KafkaOptionsOf(settings, absl::StrCat(worker));
  options.transactional = settings.delivery.transactional();
  if (!options.transactional &&
      settings.delivery.commits == CommitStyle::kAuto) {
    // librdkafka's timer knows no 0.
    options.auto_commit_interval =
        std::max(settings.commit_interval, absl::Milliseconds(10));
  }
  return options;
}

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_KAFKA_OPTIONS_H_
