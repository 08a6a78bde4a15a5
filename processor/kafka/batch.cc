// MessageBatch.

#include "processor/kafka/batch.h"

#include <algorithm>

namespace exactmean {

LogRecord ToRecord(const rd_kafka_message_t& message) {
  LogRecord record;
  record.partition = Partition(message.partition);
  record.offset = Offset(message.offset);
  rd_kafka_timestamp_type_t type;
  const int64_t timestamp = rd_kafka_message_timestamp(&message, &type);
  if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE) record.timestamp_ms = timestamp;
  if (message.key != nullptr) {
    record.key = absl::string_view(static_cast<const char*>(message.key),
                                   message.key_len);
  }
  if (message.payload != nullptr) {
    record.value = absl::string_view(static_cast<const char*>(message.payload),
                                     message.len);
  }
  return record;
}

absl::Span<const LogRecord> MessageBatch::Consume(
    rd_kafka_queue_t* queue, absl::Duration timeout,
    absl::FunctionRef<bool(const rd_kafka_message_t&)> keep,
    absl::FunctionRef<void(const rd_kafka_message_t&)> on_error) {
  Clear();
  const ssize_t got = rd_kafka_consume_batch_queue(
      queue, static_cast<int>(absl::ToInt64Milliseconds(timeout)),
      messages_.data(), messages_.size());
  count_ = static_cast<size_t>(std::max<ssize_t>(got, 0));
  for (size_t i = 0; i < count_; ++i) {
    const rd_kafka_message_t& message = *messages_[i];
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      on_error(message);
    } else if (keep(message)) {
      records_.push_back(ToRecord(message));
    }
  }
  return records_;
}

void MessageBatch::Clear() {
  records_.clear();
  for (size_t i = 0; i < count_; ++i) rd_kafka_message_destroy(messages_[i]);
  count_ = 0;
}

}  // namespace exactmean
