// Who leads what in the cluster, asked of the brokers that can answer.

#ifndef EXACTMEAN_TESTS_CHAOS_TOPOLOGY_H_
#define EXACTMEAN_TESTS_CHAOS_TOPOLOGY_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/cluster/proxied_kafka.h"

namespace exactmean {

// What a broker can be of importance for.
enum class Role {
  kGroupCoordinator,
  kTransactionCoordinator,
  kInputLeader,
  kResultsLeader,
};

const char* NameOf(Role role);

// The partition of __consumer_offsets or __transaction_state, of `partitions`,
// whose leader is the coordinator of a group or transactional id.
int32_t CoordinatorPartition(absl::string_view id, int32_t partitions);

// Brokers are numbered from 0, as LocalKafka does. One thread.
class Topology {
 public:
  struct Names {
    std::string group;
    std::string transactional_id;
    std::string input;
    std::string results;
    int32_t partition = 0;  // of input and results
  };

  explicit Topology(ProxiedKafka* kafka) : kafka_(kafka) {}

  // Asks past the proxies, and not the brokers of `mute`, which would not
  // answer. kUnavailable: there is no leader now.
  absl::StatusOr<int> BrokerOf(Role role, const Names& names,
                               const std::set<int>& mute = {});

  // OK when every partition of the topics and of the coordinators has a leader
  // and all its replicas in sync.
  absl::Status CheckHealthy(const std::vector<std::string>& topics);

 private:
  std::string ServersBut(const std::set<int>& mute) const;

  ProxiedKafka* const kafka_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_TOPOLOGY_H_
