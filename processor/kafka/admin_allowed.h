// What librdkafka says is allowed, in our terms.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_ADMIN_ALLOWED_H_
#define EXACTMEAN_PROCESSOR_KAFKA_ADMIN_ALLOWED_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <set>

#include "processor/kafka/admin.h"

namespace exactmean {

// None at all: as who may describe a thing may do at least that, the cluster
// has not told.
inline AllowedOperations ToAllowed(const rd_kafka_AclOperation_t* operations,
                                   size_t count) {
  if (operations == nullptr || count == 0) return absl::nullopt;
  std::set<Operation> allowed;
  for (size_t i = 0; i < count; ++i) {
    switch (operations[i]) {
      case RD_KAFKA_ACL_OPERATION_READ:
        allowed.insert(Operation::kRead);
        break;
      case RD_KAFKA_ACL_OPERATION_WRITE:
        allowed.insert(Operation::kWrite);
        break;
      case RD_KAFKA_ACL_OPERATION_CREATE:
        allowed.insert(Operation::kCreate);
        break;
      case RD_KAFKA_ACL_OPERATION_DESCRIBE:
        allowed.insert(Operation::kDescribe);
        break;
      case RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS:
        allowed.insert(Operation::kDescribeConfigs);
        break;
      default:
        break;
    }
  }
  return allowed;
}

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_ADMIN_ALLOWED_H_
