// A cluster in memory, the code that ships running on it, and the model that
// watches: what crash and rebalance tests are made of.

#ifndef EXACTMEAN_TESTS_WORLD_WORLD_H_
#define EXACTMEAN_TESTS_WORLD_WORLD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "processor/clock.h"
#include "processor/processor.h"
#include "processor/record_handler.h"
#include "state/partition_state.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/world/model.h"

namespace exactmean {

// One processor with its logs: an instance of the application.
struct Instance {
  FaultPlan plan;
  std::unique_ptr<FakeInputLog> input;
  std::unique_ptr<FakeResultsLog> results;
  std::unique_ptr<FakeTransaction> transaction;
  std::unique_ptr<RecordHandler> handler;
  std::unique_ptr<Processor> processor;
  bool started = false;

  // Starts it at the first call; then one turn.
  absl::Status Turn();
};

struct InstanceOptions {
  std::string name = "a";
  bool is_static = true;
  bool cooperative = true;
  bool buffer_writes = false;
  CommitPolicy commit_policy{absl::ZeroDuration(), 1000};
  size_t max_poll_records = 7;
};

// Topic "in" with `partitions` partitions, filled by Produce; results in "out".
class World {
 public:
  World(int32_t partitions, uint64_t seed);

  std::unique_ptr<Instance> Make(const InstanceOptions& options);

  // Appends `n` records to random partitions: a few keys, now and then a
  // deletion, a bad record, or a transaction that aborts.
  void Produce(int n);

  // The promise, as of now: each results partition's committed view is
  // fold(n) of its input, n is the group's committed offset, and never moves
  // back.
  absl::Status Check();
  // Check, and everything is folded in.
  absl::Status CheckDrained();

  // Turns of `instance` until it has folded in everything or fails. The error
  // of a promise broken on the way, or of the instance.
  absl::Status Drain(Instance* instance, int max_turns = 2000);

  // Virtual time passes: of the cluster and of every instance's clock.
  void Advance(absl::Duration duration) { cluster_.Advance(duration); }

  FakeCluster& cluster() { return cluster_; }
  FakeGroup& group() { return cluster_.group("app", "in"); }
  CommittedView View(Partition partition);
  std::mt19937_64& random() { return random_; }
  int32_t partitions() const { return partitions_; }
  Model& model(Partition partition) {
    return models_[static_cast<size_t>(partition.value())];
  }

 private:
  class WorldClock : public Clock {
   public:
    explicit WorldClock(FakeCluster* cluster) : cluster_(cluster) {}
    absl::Time Now() override { return cluster_->now(); }
    void Sleep(absl::Duration duration) override {
      cluster_->Advance(duration);
    }

   private:
    FakeCluster* const cluster_;
  };

  const int32_t partitions_;
  FakeCluster cluster_;
  WorldClock clock_;
  Pipeline pipeline_;
  std::mt19937_64 random_;
  std::vector<Model> models_;
  std::vector<Offset> checked_;  // the newest checkpoint seen
  int64_t foreign_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_WORLD_H_
