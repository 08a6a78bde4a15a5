// What is to be thought of a cluster: from facts to findings. Pure.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/admin.h"
#include "processor/program/access.h"
#include "state/fingerprint.h"
#include "state/types.h"
#include "tools/inspect/cluster/finding.h"
#include "tools/inspect/cluster/status.h"

namespace exactmean {

using KafkaConfigs = std::map<std::string, std::string>;

struct TopicFacts {
  std::string name;
  absl::optional<TopicDescription> description;
  KafkaConfigs configs;  // empty: could not be asked
};

struct InputPartitionFacts {
  Partition partition;
  // Of the first record that waits to be folded in; nullopt: none does.
  absl::optional<absl::Time> oldest_waiting;
  // The first record whose timestamp is far ahead of the clock.
  absl::optional<Offset> ahead;
};

// One that takes records as they were in the input.
struct DivertedFacts {
  TopicFacts topic;
  absl::optional<absl::Duration> delay;  // of a retry topic; else dead letters
};

struct ClusterFacts {
  std::vector<int32_t> brokers;  // their ids; empty: could not be asked
  TopicFacts input;
  TopicFacts results;
  // Kafka's own, on which transactions and the group rest: those there are.
  std::vector<TopicFacts> of_kafka;
  std::vector<DivertedFacts> diverted;  // of the configuration given
  KafkaConfigs broker;  // the tightest of all; empty: could not be asked
  ApplicationStatus status;
  std::vector<InputPartitionFacts> input_partitions;
  bool checked = true;  // by ClusterCheck; else it is not known for what
  // What that says is wrong; empty: nothing.
  std::vector<Problem> refused;
  bool access_known = true;
  // Of the configuration given; nullopt: none was.
  absl::optional<Fingerprint> fingerprint;
  int64_t client_max_bytes = 1000000;  // of the property message.max.bytes
  absl::Duration read_took;            // the results topic, whole
  std::vector<std::string> unseen;     // what could not be asked, and why
};

// Of each limit that Diagnose looks at, the smallest of `one` and `all`.
void TakeTightest(const KafkaConfigs& one, KafkaConfigs* all);

// In the order of what they are about: rights and topics, durability,
// compaction and restore, transactions, state and group, input.
std::vector<Finding> Diagnose(const ClusterFacts& facts);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_DIAGNOSIS_H_
