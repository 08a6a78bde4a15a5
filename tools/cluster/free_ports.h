// Ports for servers that are killed and must come back on the same address.

#ifndef EXACTMEAN_TOOLS_CLUSTER_FREE_PORTS_H_
#define EXACTMEAN_TOOLS_CLUSTER_FREE_PORTS_H_

#include <vector>

#include "absl/status/statusor.h"

namespace exactmean {

// `count` different ports of 127.0.0.1 that nobody listens on. They lie outside
// the range from which the kernel takes the ports of outgoing connections: else
// a client that keeps trying a killed broker's port could be given that very
// port, connect to itself, and keep the broker from coming back. Somebody may
// take one before the caller does: be ready to ask again.
absl::StatusOr<std::vector<int>> FreePorts(int count);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_FREE_PORTS_H_
