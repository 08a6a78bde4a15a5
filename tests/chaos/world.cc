// Waiting for things, and choosing among them.

#include "tests/chaos/world.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace exactmean {

absl::Status ChaosWorld::Await(const std::string& what, absl::Duration patience,
                               absl::FunctionRef<absl::Status()> done) {
  const absl::Time deadline = absl::Now() + patience;
  while (true) {
    const absl::Status status = done();
    if (status.ok()) return status;
    if (*stop) return absl::CancelledError("interrupted");
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat(what, ": not within ", absl::FormatDuration(patience),
                       "; ", status.message()));
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
}

absl::Status ChaosWorld::Administer(
    const std::string& what,
    absl::FunctionRef<absl::Status(BrokerClient*)> work) {
  constexpr absl::Duration kPatience = absl::Seconds(90);
  return Await(what, kPatience, [&]() -> absl::Status {
    const auto client = BrokerClient::Create(kafka->internal_servers());
    return client.ok() ? work(client->get()) : client.status();
  });
}

absl::Status ChaosWorld::AwaitProgress(const std::vector<int32_t>& which,
                                       int but, absl::Duration patience) {
  const std::vector<PartitionProgress> before = observer->Look();
  return Await("progress", patience, [&]() -> absl::Status {
    const std::vector<PartitionProgress> now = observer->Look();
    for (const int32_t p : which) {
      const size_t i = static_cast<size_t>(p);
      if (now[i].next_offset > before[i].input_position &&
          (but < 0 || fleet->InstanceOf(now[i].writer) != but)) {
        continue;
      }
      return absl::UnavailableError(
          absl::StrCat("partition ", p, " is at ", now[i].next_offset, " of ",
                       now[i].input_position, ", last by ", now[i].writer));
    }
    return absl::OkStatus();
  });
}

absl::Status ChaosWorld::AwaitRecovered(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  absl::Status status = Await("brokers in sync", deadline - absl::Now(), [&] {
    return topology->CheckHealthy({input, results});
  });
  if (!status.ok()) return status;
  status = Await("instances up", deadline - absl::Now(), [&]() -> absl::Status {
    if (fleet->AllRunning()) return absl::OkStatus();
    return absl::UnavailableError("some are down");
  });
  if (!status.ok()) return status;
  std::vector<int32_t> all;
  for (int32_t p = 0; p < partitions; ++p) all.push_back(p);
  return AwaitProgress(all, /*but=*/-1, deadline - absl::Now());
}

std::vector<int32_t> ChaosWorld::PartitionsOf(int instance) {
  std::vector<int32_t> held;
  const std::vector<PartitionProgress> now = observer->Look();
  for (size_t p = 0; p < now.size(); ++p) {
    if (fleet->InstanceOf(now[p].writer) == instance) {
      held.push_back(static_cast<int32_t>(p));
    }
  }
  return held;
}

int ChaosWorld::PickInstance() {
  std::vector<int> candidates;
  for (int i = 0; i < Fleet::kMost; ++i) {
    if (fleet->Running(i) && !PartitionsOf(i).empty()) candidates.push_back(i);
  }
  if (candidates.empty()) return -1;
  return candidates[static_cast<size_t>(
      Pick(static_cast<int>(candidates.size())))];
}

Topology::Names ChaosWorld::PickNames() {
  Topology::Names names;
  names.group = application;
  names.input = input;
  names.results = results;
  names.partition = Pick(partitions);
  names.transactional_id = fleet->TransactionalId(std::max(0, PickInstance()));
  return names;
}

}  // namespace exactmean
