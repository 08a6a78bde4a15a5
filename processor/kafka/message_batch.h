// Messages taken from a librdkafka queue, many at a time.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_MESSAGE_BATCH_H_
#define EXACTMEAN_PROCESSOR_KAFKA_MESSAGE_BATCH_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/log.h"

namespace exactmean {

// Owns the messages that were fetched last: views into them are valid until the
// next Fetch or Clear, and the client must live until then. One thread.
class MessageBatch {
 public:
  explicit MessageBatch(size_t capacity) : messages_(capacity) {}
  MessageBatch(const MessageBatch&) = delete;
  MessageBatch& operator=(const MessageBatch&) = delete;
  ~MessageBatch() { Clear(); }

  // Waits up to `timeout` for a message, then takes along those that are there
  // already. Serves the queue's callbacks meanwhile.
  absl::Span<rd_kafka_message_t* const> Fetch(rd_kafka_queue_t* queue,
                                              absl::Duration timeout);

  void Clear();

 private:
  std::vector<rd_kafka_message_t*> messages_;
  size_t size_ = 0;
};

// REQUIRES: `message` is no error.
LogRecord ToRecord(const rd_kafka_message_t& message);

// The error of a message, with topic, partition and offset as far as known.
absl::Status MessageStatus(const rd_kafka_message_t& message);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_MESSAGE_BATCH_H_
