// ResultsLog on librdkafka.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_RESULTS_LOG_H_
#define EXACTMEAN_PROCESSOR_KAFKA_RESULTS_LOG_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/message_batch.h"
#include "processor/kafka/options.h"
#include "processor/kafka/watermarks.h"
#include "processor/log.h"

namespace exactmean {

// See ResultsLog for the contract. The reading client is made when the first
// partition is opened and ended when the last one is closed. Read returns
// kOutOfRange when the log was cut off while it was read.
class KafkaResultsLog : public ResultsLog {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaResultsLog>> Create(
      const KafkaOptions& options);

  ~KafkaResultsLog() override { Disconnect(); }

  absl::StatusOr<Offset> EndOffset(Partition partition) override;
  absl::Status Open(Partition partition) override;
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override;
  Offset Position(Partition partition) override;
  void Close(Partition partition) override;
  absl::StatusOr<int32_t> PartitionCount() override;

 private:
  explicit KafkaResultsLog(const KafkaOptions& options);

  absl::Status Connect();
  void Disconnect();
  absl::Status TakeMessage(const rd_kafka_message_t& message);

  const KafkaOptions options_;
  Watermarks watermarks_;
  ClientHandle client_;
  QueueHandle queue_;
  MessageBatch batch_;
  std::vector<LogRecord> records_;         // of batch_
  std::map<Partition, Offset> positions_;  // of the open partitions
  absl::Status error_;                     // for the next Read
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_RESULTS_LOG_H_
