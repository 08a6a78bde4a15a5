// ToStoredRecord.

#include "processor/kafka/testing/stored_record.h"

#include "processor/kafka/message_batch.h"
#include "processor/kafka/record_headers.h"

namespace exactmean {

StoredRecord ToStoredRecord(const rd_kafka_message_t& message) {
  const LogRecord record = ToRecord(message);
  StoredRecord stored;
  stored.partition = record.partition.value();
  stored.offset = record.offset.value();
  stored.timestamp_ms = record.timestamp_ms;
  if (record.key) stored.key = std::string(*record.key);
  if (record.value) stored.value = std::string(*record.value);
  stored.headers = HeadersOf(record).value();
  return stored;
}

}  // namespace exactmean
