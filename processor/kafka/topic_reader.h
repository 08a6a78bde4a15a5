// TopicReader on librdkafka, and so ResultsLog.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TOPIC_READER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TOPIC_READER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/message_batch.h"
#include "processor/kafka/options.h"
#include "processor/kafka/properties.h"
#include "processor/kafka/watermarks.h"
#include "processor/log.h"
#include "processor/topic_reader.h"

namespace exactmean {

// See ResultsLog and TopicReader for the contract. The reading client is made
// when the first partition is opened and ended when the last one is closed.
// Read returns kOutOfRange when the log was cut off while it was read.
class KafkaTopicReader : public TopicReader {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<KafkaTopicReader>> Create(
      const KafkaOptions& options, const std::string& topic,
      Isolation isolation = Isolation::kCommitted);

  ~KafkaTopicReader() override { Disconnect(); }

  absl::StatusOr<Offset> EndOffset(Partition partition) override;
  absl::Status Open(Partition partition) override;
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override;
  Offset Position(Partition partition) override;
  void Close(Partition partition) override;
  absl::StatusOr<TopicIdentity> Describe() override;

  absl::StatusOr<OffsetRange> Range(Partition partition) override;
  absl::StatusOr<Offset> StableEnd(Partition partition) override;
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override;
  absl::StatusOr<int32_t> PartitionCount() override;
  absl::Status OpenAt(Partition partition, Offset from) override;

 private:
  KafkaTopicReader(const KafkaOptions& options, std::string topic,
                   ClientKind kind);

  absl::Status Connect();
  void Disconnect();
  absl::Status TakeMessage(const rd_kafka_message_t& message);

  const KafkaOptions options_;
  const std::string topic_;
  const ClientKind kind_;
  Watermarks watermarks_;
  ClientHandle client_;
  QueueHandle queue_;
  MessageBatch batch_;
  std::vector<LogRecord> records_;         // of batch_
  std::map<Partition, Offset> positions_;  // of the open partitions
  absl::Status error_;                     // for the next Read
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TOPIC_READER_H_
