// Batches of messages, and their form as records.

#include "processor/kafka/message_batch.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "processor/kafka/client.h"
#include "processor/kafka/record_headers.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

absl::optional<absl::string_view> View(const void* bytes, size_t size) {
  if (bytes == nullptr) return absl::nullopt;
  return absl::string_view(static_cast<const char*>(bytes), size);
}

size_t Count(ssize_t taken) {
  return taken > 0 ? static_cast<size_t>(taken) : 0;
}

}  // namespace

absl::Span<rd_kafka_message_t* const> MessageBatch::Fetch(
    rd_kafka_queue_t* queue, absl::Duration timeout) {
  Clear();
  // The call waits until its array is full: so it gets an array of one first.
  size_ = Count(rd_kafka_consume_batch_queue(queue, ToMilliseconds(timeout),
                                             messages_.data(), 1));
  if (size_ > 0) {
    size_ += Count(rd_kafka_consume_batch_queue(
        queue, 0, messages_.data() + size_, messages_.size() - size_));
  }
  return absl::MakeConstSpan(messages_).first(size_);
}

void MessageBatch::Clear() {
  for (size_t i = 0; i < size_; ++i) rd_kafka_message_destroy(messages_[i]);
  size_ = 0;
}

LogRecord ToRecord(const rd_kafka_message_t& message) {
  LogRecord record;
  record.partition = Partition(message.partition);
  record.offset = Offset(message.offset);
  record.timestamp_ms = rd_kafka_message_timestamp(&message, nullptr);
  record.key = View(message.key, message.key_len);
  record.value = View(message.payload, message.len);
  record.read_headers = &ReadHeaders;
  record.message = &message;
  return record;
}

absl::Status MessageStatus(const rd_kafka_message_t& message) {
  std::string where = "consumer";
  if (message.rkt != nullptr) {
    where =
        message.partition >= 0
            ? PartitionName(rd_kafka_topic_name(message.rkt), message.partition)
            : std::string(rd_kafka_topic_name(message.rkt));
  }
  if (message.offset >= 0) absl::StrAppend(&where, " at ", message.offset);
  const char* text = rd_kafka_message_errstr(&message);
  return ToStatus(message.err, where, text == nullptr ? "" : text);
}

}  // namespace exactmean
