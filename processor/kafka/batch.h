// A batch of messages and the records that point into them.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_BATCH_H_
#define EXACTMEAN_PROCESSOR_KAFKA_BATCH_H_

#include <cstddef>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "librdkafka/rdkafka.h"
#include "processor/log.h"

namespace exactmean {

// `message` as a record; its views live as long as the message.
LogRecord ToRecord(const rd_kafka_message_t& message);

// Owns its messages until the next Consume or Clear.
class MessageBatch {
 public:
  MessageBatch() : messages_(kMost) {}
  MessageBatch(const MessageBatch&) = delete;
  MessageBatch& operator=(const MessageBatch&) = delete;
  ~MessageBatch() { Clear(); }

  // Takes what `queue` has, waiting up to `timeout` for the first; serves its
  // callbacks. Records that `keep` declines are left out; what is no record but
  // an event or an error goes to `on_error`.
  absl::Span<const LogRecord> Consume(
      rd_kafka_queue_t* queue, absl::Duration timeout,
      absl::FunctionRef<bool(const rd_kafka_message_t&)> keep,
      absl::FunctionRef<void(const rd_kafka_message_t&)> on_error);

  void Clear();

 private:
  // Some milliseconds of work: a commit never waits long for a batch.
  static constexpr size_t kMost = 10000;

  std::vector<rd_kafka_message_t*> messages_;
  size_t count_ = 0;
  std::vector<LogRecord> records_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_BATCH_H_
