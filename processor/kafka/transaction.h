// Transaction on librdkafka.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"
#include "processor/kafka/producer_events.h"
#include "processor/log.h"

namespace exactmean {

// See Transaction for the contract. Owns the producer, and replaces it:
//  - at Open;
//  - at the Begin after a transaction whose end was asked for more than once. A
//    late copy of the request could end a *later* transaction of the same
//    producer epoch (KAFKA-17754); a new epoch makes it harmless.
// Each call waits a few seconds at most, then returns kUnavailable; only
// librdkafka's send_offsets has been seen to wait longer, when the group's
// coordinator is gone. A broker ends a transaction that lasts longer than the
// timeout by fencing its producer: that, too, is kFailedPrecondition.
class KafkaTransaction : public Transaction {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaTransaction>> Create(
      const KafkaOptions& options);

  // What is open is aborted by the broker, at the latest by its timeout.
  ~KafkaTransaction() override;

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override;
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;
  absl::string_view id() const override { return options_.transactional_id; }

 private:
  struct Target {
    std::string topic;
    TopicHandle handle;
    int32_t partitions = 0;
  };
  enum class State {
    kIdle,
    kBegun,
    kCommitting,  // the outcome is not known yet
    kAborting,
  };

  explicit KafkaTransaction(const KafkaOptions& options);

  absl::Status NewProducer();
  absl::Status Warm(Target* target, absl::Time deadline);
  void Drop();
  absl::Status CheckBegun(absl::string_view call) const;
  std::string What(absl::string_view call) const;
  absl::Status WriteError(const Target& target, Partition partition,
                          size_t bytes);
  absl::Status Flush(absl::Duration timeout);
  void End();

  const KafkaOptions options_;
  Target results_;
  Target updates_;

  // The producer at hand; null before Open.
  ClientHandle client_;
  std::shared_ptr<ProducerEvents> events_;  // shared with its callbacks
  int64_t max_bytes_ = 0;                   // of a record
  bool tainted_ = false;                    // to be replaced before it is used

  // The transaction at hand.
  State state_ = State::kIdle;
  bool settled_ = true;  // every partition written to is part of it
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
