// Reading single records, independent of any position.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_POINT_READER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_POINT_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/message_batch.h"
#include "processor/kafka/options.h"
#include "processor/log.h"

namespace exactmean {

// A read-committed client of its own, made at the first call and kept. The
// record returned is valid until the next call. One thread.
class PointReader {
 public:
  explicit PointReader(KafkaOptions options) : options_(std::move(options)) {}

  // The first readable record at `offset` or after it; nullopt when the
  // partition ends, or is held back by an open transaction, before there is
  // one. kOutOfRange: the offset is not in the log. REQUIRES: the partition
  // exists.
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(const std::string& topic,
                                                   Partition partition,
                                                   Offset offset);

 private:
  absl::Status Connect();
  absl::StatusOr<absl::optional<LogRecord>> Await(Partition partition);

  const KafkaOptions options_;
  ClientHandle client_;
  QueueHandle queue_;  // before the client is ended
  MessageBatch batch_{1};
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_POINT_READER_H_
