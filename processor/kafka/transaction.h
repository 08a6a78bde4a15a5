// Transaction on librdkafka.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/kafka/options.h"
#include "processor/kafka/record_writer.h"
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
//  - at the Begin after one with a record that the broker refused: the broker
//    would miss that record's sequence number, and refuse all later ones.
// Each call waits a few seconds at most, then returns kUnavailable; only
// librdkafka's send_offsets has been seen to wait longer, when the group's
// coordinator is gone. A broker ends a transaction that lasts longer than the
// timeout by fencing its producer: that, too, is kFailedPrecondition.
class KafkaTransaction : public RecordWriter {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaTransaction>> Create(
      const KafkaOptions& options,
      OffsetsFence fence = OffsetsFence::kMembership);

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;

 private:
  enum class State {
    kIdle,
    kBegun,
    kCommitting,  // the outcome is not known yet
    kAborting,
  };

  KafkaTransaction(const KafkaOptions& options, OffsetsFence fence)
      : RecordWriter(options), fence_(fence) {}

  absl::Status CheckBegun(absl::string_view call) const override;
  void OnWritten() override;
  std::string What(absl::string_view call) const override;
  absl::Status CheckToken(const GroupToken& token) const;
  void End();

  const OffsetsFence fence_;
  bool tainted_ = false;  // the producer is to be replaced before it is used

  // The transaction at hand.
  State state_ = State::kIdle;
  bool settled_ = true;  // every partition written to is part of it
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
