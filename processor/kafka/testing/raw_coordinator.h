// Speaks to a transaction coordinator in Kafka's own protocol: what a client
// library sends by itself, at a moment that the test chooses.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_TESTING_RAW_COORDINATOR_H_
#define EXACTMEAN_PROCESSOR_KAFKA_TESTING_RAW_COORDINATOR_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace exactmean {

// Who works under a transactional id, as its coordinator knows it.
struct RawProducer {
  int64_t id = -1;
  int16_t epoch = -1;
};

// Both make a connection to 127.0.0.1, wait for the answer, and return its
// error as CodeOf has it. `port`: of the broker that is the coordinator; it
// must need no password.

absl::StatusOr<RawProducer> DescribeProducer(
    int port, const std::string& transactional_id);

// One EndTxn request to commit. kUnavailable: the end of the transaction is
// under way, ask again.
absl::Status RequestCommit(int port, const std::string& transactional_id,
                           const RawProducer& producer);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_TESTING_RAW_COORDINATOR_H_
