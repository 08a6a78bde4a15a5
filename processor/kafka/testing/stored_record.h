// A record as it is in a topic, with what it holds.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_STORED_RECORD_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_STORED_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "processor/kafka/handles.h"
#include "state/record.h"

namespace exactmean {

struct StoredRecord {
  int32_t partition = 0;
  int64_t offset = 0;
  int64_t timestamp_ms = -1;
  absl::optional<std::string> key;
  absl::optional<std::string> value;
  Headers headers = {};
};

StoredRecord ToStoredRecord(const rd_kafka_message_t& message);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_STORED_RECORD_H_
