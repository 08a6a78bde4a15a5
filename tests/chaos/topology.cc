// Metadata of topics and of Kafka's own.

#include "tests/chaos/topology.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "processor/kafka/testing/test_admin.h"

namespace exactmean {
namespace {

constexpr char kGroups[] = "__consumer_offsets";
constexpr char kTransactions[] = "__transaction_state";

}  // namespace

const char* NameOf(Role role) {
  switch (role) {
    case Role::kGroupCoordinator:
      return "group coordinator";
    case Role::kTransactionCoordinator:
      return "transaction coordinator";
    case Role::kInputLeader:
      return "input leader";
    case Role::kResultsLeader:
      return "results leader";
  }
  return "";
}

int32_t CoordinatorPartition(absl::string_view id, int32_t partitions) {
  // String.hashCode of Java, of ASCII, and its absolute value as Kafka takes
  // it: that of the lowest number is 0.
  uint32_t hash = 0;
  for (const char c : id) hash = 31 * hash + static_cast<unsigned char>(c);
  const uint32_t absolute = hash >> 31 == 0 ? hash : 0 - hash;
  return static_cast<int32_t>(absolute & 0x7fffffff) % partitions;
}

std::string Topology::ServersBut(const std::set<int>& mute) const {
  const std::vector<std::string> all =
      absl::StrSplit(kafka_->internal_servers(), ',');
  std::vector<std::string> asked;
  for (size_t i = 0; i < all.size(); ++i) {
    if (mute.count(static_cast<int>(i)) == 0) asked.push_back(all[i]);
  }
  return absl::StrJoin(asked, ",");
}

absl::StatusOr<int> Topology::BrokerOf(Role role, const Names& names,
                                       const std::set<int>& mute) {
  // A new client has no old connections that a request could get stuck in.
  const auto admin = TestAdmin::Create(ServersBut(mute));
  if (!admin.ok()) return admin.status();
  const bool of_group = role == Role::kGroupCoordinator;
  const bool of_transactions = role == Role::kTransactionCoordinator;
  const std::string topic = of_group                     ? kGroups
                            : of_transactions            ? kTransactions
                            : role == Role::kInputLeader ? names.input
                                                         : names.results;
  const auto partitions = (*admin)->Replicas(topic);
  if (!partitions.ok()) return partitions.status();
  const int32_t count = static_cast<int32_t>(partitions->size());
  const int32_t partition =
      of_group          ? CoordinatorPartition(names.group, count)
      : of_transactions ? CoordinatorPartition(names.transactional_id, count)
                        : names.partition;
  const int32_t leader = partitions->at(static_cast<size_t>(partition)).leader;
  if (leader < 1) {
    return absl::UnavailableError(absl::StrCat(topic, " has no leader"));
  }
  return leader - 1;
}

absl::Status Topology::CheckHealthy(const std::vector<std::string>& topics) {
  const auto admin = TestAdmin::Create(ServersBut({}));
  if (!admin.ok()) return admin.status();
  std::vector<std::string> all = {kGroups, kTransactions};
  all.insert(all.end(), topics.begin(), topics.end());
  for (const std::string& topic : all) {
    const auto partitions = (*admin)->Replicas(topic);
    if (!partitions.ok()) return partitions.status();
    for (const TestReplicas& partition : *partitions) {
      if (partition.leader < 1 ||
          partition.in_sync.size() != partition.replicas.size()) {
        return absl::UnavailableError(
            absl::StrCat(topic, " has leader ", partition.leader, ", ",
                         partition.in_sync.size(), " replicas in sync"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace exactmean
