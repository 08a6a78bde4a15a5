// Transaction on librdkafka.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/kafka/batch_forecast.h"
#include "processor/kafka/options.h"
#include "processor/kafka/producer.h"
#include "processor/log.h"

namespace exactmean {

// What AddOffsets asks of its token.
enum class OffsetsFence {
  // A place in the group: whoever lost it cannot commit. A processor's.
  kMembership,
  // None, generation -1: brokers take such offsets from anybody, so its user
  // must know that the group has no members while the transaction is open.
  kEmptyGroup,
};

// See Transaction for the contract; what is open when it is destroyed is
// aborted by the broker, at the latest by its timeout. Owns the producer, and
// replaces it:
//  - at Open;
//  - at the Begin after a transaction whose end was asked for more than once. A
//    late copy of the request could end a *later* transaction of the same
//    producer epoch (KAFKA-17754); a new epoch makes it harmless.
//  - at the Begin after one with a record that the broker refused: it would
//  miss
//    that record's sequence number, and refuse all later ones.
// Each call waits a few seconds at most, then returns kUnavailable; only
// librdkafka's send_offsets has been seen to wait longer, when the group's
// coordinator is gone. A broker ends a transaction that lasts longer than the
// timeout by fencing its producer: that, too, is kFailedPrecondition.
class KafkaTransaction : public Transaction {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaTransaction>> Create(
      const KafkaOptions& options,
      OffsetsFence fence = OffsetsFence::kMembership);

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override;
  absl::Status WriteRecord(Destination destination, Partition partition,
                           const OwnedRecord& record) override;
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;
  absl::string_view id() const override { return options_.transactional_id; }

 private:
  enum class State {
    kIdle,
    kBegun,
    kCommitting,  // the outcome is not known yet
    kAborting,
  };

  KafkaTransaction(const KafkaOptions& options, OffsetsFence fence)
      : options_(options), fence_(fence) {}

  absl::Status CheckBegun(absl::string_view call) const;
  absl::Status CheckToken(const GroupToken& token) const;
  std::string What(absl::string_view call) const;
  absl::StatusOr<const Producer::Target*> TargetOf(Destination destination,
                                                   Partition partition) const;
  // Calls `produce` until it has room; its error otherwise.
  absl::Status Produce(Destination destination, const Producer::Target& target,
                       Partition partition, size_t bytes,
                       absl::FunctionRef<rd_kafka_resp_err_t()> produce);
  absl::Status WriteError(rd_kafka_resp_err_t error,
                          const Producer::Target& target, Partition partition,
                          size_t bytes) const;
  absl::Status Flush(absl::Duration timeout);
  void End();

  const KafkaOptions options_;
  const OffsetsFence fence_;
  std::unique_ptr<Producer> producer_;  // null before Open
  std::unique_ptr<Producer> opening_;   // by an Open that is not done yet
  bool tainted_ = false;                // to be replaced before it is used

  // The transaction at hand.
  State state_ = State::kIdle;
  bool settled_ = true;  // every partition written to is part of it
  BatchForecast forecast_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
