// librdkafka's errors as absl::Status, by the table at the top of
// processor/log.h. All mapping of codes is here.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_STATUS_H_
#define EXACTMEAN_PROCESSOR_KAFKA_STATUS_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The consequence of an error outside of transactions.
absl::StatusCode CodeOf(rd_kafka_resp_err_t error);

// OK for NO_ERROR. `what` says what was done to which topic, partition, offset;
// `text`, if any, is librdkafka's own description of the case.
absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what,
                      absl::string_view text = "");

// OK for null. Does not take ownership.
absl::Status ToStatus(const rd_kafka_error_t* error, absl::string_view what);

// The consequence of an error of a transactional call, by what librdkafka says
// has to follow. `otherwise` is the code when it says nothing.
absl::StatusCode TransactionCodeOf(rd_kafka_resp_err_t error, bool is_fatal,
                                   bool requires_abort, bool is_retriable,
                                   absl::StatusCode otherwise);

// OK for null. `client` tells the cause behind a mere "fatal".
absl::Status ToTransactionStatus(rd_kafka_t* client,
                                 const rd_kafka_error_t* error,
                                 absl::string_view what,
                                 absl::StatusCode otherwise);

// The fatal error that the client has met, if any: nothing works after it.
absl::Status FatalStatus(rd_kafka_t* client, absl::string_view what);

// "topic[partition]".
std::string PartitionName(absl::string_view topic, int32_t partition);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_STATUS_H_
