// What the clients of one worker need to know: addresses, names, timeouts.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_OPTIONS_H_
#define EXACTMEAN_PROCESSOR_KAFKA_OPTIONS_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace exactmean {

enum class Assignor { kCooperativeSticky, kRange };

// A dead letter is its record and some headers more; whoever has a topic for
// them can write so large ones, unless message.max.bytes says otherwise.
constexpr int kMaxDeadLetterBytes = 8 << 20;

struct KafkaOptions {
  std::string bootstrap_servers;  // host:port[,host:port...]

  // librdkafka properties for every client, secrets already filled in. Those
  // that the guarantees rest on are refused.
  std::map<std::string, std::string> properties;

  // Names of properties whose values are not to be shown, on top of those that
  // their names tell.
  std::set<std::string> hidden;

  std::string application_id;  // the consumer group
  std::string instance_id;     // of this worker, unique in the group
  bool static_membership = true;
  Assignor assignor = Assignor::kRange;
  absl::Duration session_timeout = absl::Seconds(10);
  // How often a group member commits the offsets that it was given to commit in
  // time; 0: never.
  absl::Duration auto_commit_interval = absl::ZeroDuration();

  // Without, producers are idempotent only, and transactional_id is but a name.
  bool transactional = true;
  std::string transactional_id;
  absl::Duration transaction_timeout = absl::Seconds(15);

  std::string input_topic;
  std::string results_topic;
  std::string updates_topic;      // empty: none
  std::string dead_letter_topic;  // empty: none
  std::vector<std::string> retry_topics;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_OPTIONS_H_
