// Whether transactional ids may be used, found out without using one.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TRANSACTIONAL_ID_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TRANSACTIONAL_ID_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/kafka/options.h"

namespace exactmean {

// Asks for `options.transactional_id` with a transaction timeout above what
// brokers grant: they look at the authorisation first, and refuse the timeout
// before they have written or fenced anything. One that does grant 24 days
// would open the id, so it must be none that a running process has.
// kPermissionDenied: not authorised.
absl::Status CheckTransactionalId(KafkaOptions options, absl::Duration timeout);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TRANSACTIONAL_ID_H_
