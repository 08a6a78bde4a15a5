// What faults act upon and look at: the cluster, the instances, the readers.

#ifndef EXACTMEAN_TESTS_CHAOS_WORLD_H_
#define EXACTMEAN_TESTS_CHAOS_WORLD_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/broker/kafka.h"
#include "tests/chaos/fleet.h"
#include "tests/chaos/history.h"
#include "tests/chaos/observer.h"
#include "tests/chaos/topology.h"
#include "tools/cluster/proxied_kafka.h"

namespace exactmean {

// From the SIGKILL of an instance to the first commits of another, in all the
// partitions that it held.
struct Takeover {
  absl::Duration time;
  bool alone = true;  // no other fault at the time
};

// The one pipeline under test. Everything is owned by the run, and lives longer
// than any fault. The schedule's thread.
struct ChaosWorld {
  ProxiedKafka* kafka = nullptr;
  Topology* topology = nullptr;
  Fleet* fleet = nullptr;
  Observer* observer = nullptr;
  History* history = nullptr;
  const std::atomic<bool>* stop = nullptr;  // asked for by Ctrl-C

  std::string application;
  std::string input;
  std::string results;
  int32_t partitions = 0;
  std::string binary;
  std::string dir;  // for logs and configurations

  std::mt19937_64 random;
  int faults_now = 0;
  std::vector<Takeover> takeovers;

  // Calls `done` until it is OK. kDeadlineExceeded: with `what` and its last
  // answer. kCancelled: the run is to stop.
  absl::Status Await(const std::string& what, absl::Duration patience,
                     absl::FunctionRef<absl::Status()> done);
  // Likewise, of an administrator's work past the proxies, each time with a new
  // client: one that outlives its coordinator goes on asking it.
  absl::Status Administer(const std::string& what,
                          absl::FunctionRef<absl::Status(BrokerClient*)> work);
  // Waits until new input of `which` partitions has been committed. Not by
  // `but`, if that is an instance.
  absl::Status AwaitProgress(const std::vector<int32_t>& which, int but,
                             absl::Duration patience);
  // No trouble is left: replicas in sync, instances up, input caught up with.
  absl::Status AwaitRecovered(absl::Duration patience);

  // The partitions whose last commit is the instance's.
  std::vector<int32_t> PartitionsOf(int instance);
  // One that runs and has partitions; -1: none.
  int PickInstance();
  // Names to look up brokers by: of a random partition and its instance.
  Topology::Names PickNames();
  // From 0 to n - 1.
  int Pick(int n) {
    return static_cast<int>(random() % static_cast<uint64_t>(n));
  }
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_WORLD_H_
