// The account of the records that a partition has sent to retry topics.

#ifndef EXACTMEAN_STATE_RETRIES_H_
#define EXACTMEAN_STATE_RETRIES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// One of the configured retry topics: the first is step 0.
struct RetryStep {
  size_t step = 0;
  absl::string_view topic;
};

// A record that was read from `topic`, at `at` there; in the input it was at
// `origin`.
struct Retried {
  absl::string_view topic;
  Offset at;
  Offset origin;
};

// The source of truth of where the partition is in each retry topic, how many
// records wait there, and what became of the others. Part of a PartitionState,
// and of each checkpoint. Topics are known by name: a configuration may name
// others than it did.
class Retries {
 public:
  struct Topic {
    Offset next;  // to be taken
    uint64_t waiting = 0;
  };

  // Null: reading it was never begun.
  const Topic* Find(absl::string_view topic) const {
    const auto it = topics_.find(topic);
    return it == topics_.end() ? nullptr : &it->second;
  }
  const std::map<std::string, Topic, std::less<>>& topics() const {
    return topics_;
  }
  const results::RetryOutcomes& outcomes() const { return outcomes_; }
  results::RetryOutcomes& outcomes() { return outcomes_; }

  // Reading of a topic begins here. REQUIRES: nothing waits there.
  void Begin(absl::string_view topic, Offset next) {
    topics_[std::string(topic)].next = next;
  }
  // Forgets one that is empty.
  void End(absl::string_view topic) { topics_.erase(topics_.find(topic)); }

  // REQUIRES, of both: the topic is known; of Take, that a record waits.
  void Send(absl::string_view topic) { ++topics_.find(topic)->second.waiting; }
  void Take(absl::string_view topic, Offset at) {
    Topic& taken = topics_.find(topic)->second;
    taken.next = exactmean::Next(at);
    --taken.waiting;
  }

  // In all topics.
  uint64_t waiting() const;
  // That came to their end.
  uint64_t done() const;

  void ToCheckpoint(results::Checkpoint* to) const;
  // kDataLoss: it does not account for all that it says was sent.
  absl::Status FromCheckpoint(const results::Checkpoint& from);

 private:
  std::map<std::string, Topic, std::less<>> topics_;
  results::RetryOutcomes outcomes_;
};

// Of a checkpoint: how many records wait in its retry topics.
inline uint64_t WaitingOf(const results::Checkpoint& checkpoint) {
  uint64_t sum = 0;
  for (const results::RetryTopic& topic : checkpoint.retry_topics()) {
    sum += topic.waiting();
  }
  return sum;
}

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_RETRIES_H_
