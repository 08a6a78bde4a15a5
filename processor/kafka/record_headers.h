// Headers of records, from librdkafka and to it. A name ends at its first NUL:
// librdkafka tells no more of it.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_RECORD_HEADERS_H_
#define EXACTMEAN_PROCESSOR_KAFKA_RECORD_HEADERS_H_

#include <librdkafka/rdkafka.h>

#include "absl/status/statusor.h"
#include "processor/kafka/handles.h"
#include "state/record.h"

namespace exactmean {

// LogRecord::read_headers, of a rd_kafka_message_t. kDataLoss: they cannot be
// parsed.
absl::StatusOr<Headers> ReadHeaders(const void* message);

HeadersHandle ToHandle(const Headers& headers);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_RECORD_HEADERS_H_
