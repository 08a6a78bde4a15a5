// Reads chosen partitions of one topic from chosen offsets, committed records
// alone, and knows how far it is.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_PARTITION_READER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_PARTITION_READER_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/kafka/batch.h"
#include "processor/kafka/handles.h"
#include "processor/kafka/options.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// A client outside of any group; it exists while a partition is open, as each
// costs threads and connections. One thread.
class PartitionReader {
 public:
  PartitionReader(KafkaOptions options, std::string topic)
      : options_(std::move(options)), topic_(std::move(topic)) {}

  // From `offset` on. A partition that is open starts over.
  absl::Status Open(Partition partition, Offset offset);

  // Views are valid until the next call. kOutOfRange when the log no longer has
  // the position of an open partition.
  absl::StatusOr<absl::Span<const LogRecord>> Read(absl::Duration timeout);

  // Everything readable before it has been returned by Read. REQUIRES: open.
  Offset Position(Partition partition) const {
    return positions_.at(partition);
  }

  void Close(Partition partition);

 private:
  absl::Status MakeClient();

  const KafkaOptions options_;
  const std::string topic_;
  std::map<Partition, Offset> positions_;  // of the open partitions
  // In this order: messages go before their queue, the queue before its client.
  KafkaHandle client_;
  KafkaQueue queue_;
  MessageBatch batch_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_PARTITION_READER_H_
