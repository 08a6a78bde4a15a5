// Whether the settings make sound clients, before any of them is needed.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_CLIENT_CHECK_H_
#define EXACTMEAN_PROCESSOR_KAFKA_CLIENT_CHECK_H_

#include "absl/status/status.h"
#include "processor/kafka/options.h"

namespace exactmean {

// Makes a client of each kind and ends it: values that do not go together are
// found out only so. kInvalidArgument names them. Does not wait for a broker.
absl::Status CheckClients(const KafkaOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_CLIENT_CHECK_H_
