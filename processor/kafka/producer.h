// A transactional producer, from its making to its end.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_PRODUCER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_PRODUCER_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"
#include "processor/kafka/producer_events.h"
#include "processor/log.h"

namespace exactmean {

// One epoch of a transactional id: initialised, and acquainted with the topics
// it will write to. What is open when it is destroyed is left to the broker.
class Producer {
 public:
  // Where a Destination leads.
  struct Target {
    std::string topic;
    TopicHandle handle;  // null: there is no such topic in the configuration
    int32_t partitions = 0;
  };

  // Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<Producer>> Create(
      const KafkaOptions& options);

  // Waits up to about `timeout`; after kUnavailable, call it again. Codes are
  // those of Transaction::Open. REQUIRES: called until OK before all else.
  absl::Status Init(absl::Duration timeout);

  rd_kafka_t* client() const { return client_.get(); }
  ProducerEvents& events() const { return *events_; }
  const Target& target(Destination destination) const {
    return targets_[static_cast<size_t>(destination)];
  }
  // What the property message.max.bytes allows a record.
  int64_t max_bytes() const { return max_bytes_; }
  // So many of a partition are sent without being waited for.
  int64_t batch_bytes() const { return batch_bytes_; }

 private:
  explicit Producer(const KafkaOptions& options);

  absl::Status InitTransactions(absl::Duration timeout);

  absl::Status Connect(const KafkaOptions& options);
  absl::Status Acquaint(Target* target, absl::Time deadline);

  // In this order: handles of topics go before their client.
  std::shared_ptr<ProducerEvents> events_;  // shared with the callbacks
  ClientHandle client_;
  std::vector<Target> targets_;  // by Destination
  const std::string transactional_id_;
  const bool transactional_;
  bool initialised_ = false;
  int64_t max_bytes_ = 0;
  int64_t batch_bytes_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_PRODUCER_H_
