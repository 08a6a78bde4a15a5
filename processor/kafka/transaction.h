// Transaction on librdkafka: one transactional producer.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_

#include <atomic>
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
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// See Transaction for the contract. Classifies errors, decides nothing.
//
// A producer whose EndTxn request was sent more than once is made anew before
// the next transaction: the delayed second one could end a later transaction of
// the same epoch (KAFKA-17754; librdkafka has no KIP-890).
class KafkaTransaction : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaTransaction>> Create(
      const KafkaOptions& options);

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
  explicit KafkaTransaction(const KafkaOptions& options) : options_(options) {}

  // Lets librdkafka tell us of each request that it sends.
  static rd_kafka_resp_err_t OnNew(rd_kafka_t* client,
                                   const rd_kafka_conf_t* conf, void* self,
                                   char* error, size_t size);
  static rd_kafka_resp_err_t OnRequest(rd_kafka_t* client, int socket,
                                       const char* broker, int32_t broker_id,
                                       int16_t api_key, int16_t api_version,
                                       int32_t correlation_id, size_t size,
                                       void* self);
  absl::Status WarmUp(absl::Duration timeout);
  absl::Status Flush(absl::Duration timeout);
  absl::Status FatalStatus(absl::string_view what) const;

  const KafkaOptions options_;
  bool begun_ = false;
  bool ended_twice_ = false;
  int written_ = 0;           // since the last flush
  std::atomic<int> ends_{0};  // EndTxn requests of this transaction
  KafkaHandle client_;
  KafkaTopic results_;
  KafkaTopic updates_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TRANSACTION_H_
