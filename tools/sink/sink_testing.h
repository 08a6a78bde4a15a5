// A results topic in memory, written by states of the product, and sinks that
// read it.

#ifndef EXACTMEAN_TOOLS_SINK_SINK_TESTING_H_
#define EXACTMEAN_TOOLS_SINK_SINK_TESTING_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "state/partition_state.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/sink/test_database.h"
#include "tools/sink/sink.h"
#include "tools/sink/table.h"

namespace exactmean {

// One process of exactmean-sink, but for its command line.
class SinkProcess {
 public:
  SinkProcess(FakeCluster* cluster, Database* database,
              const std::string& owner);

  // Once set, to be changed before Run.
  SinkOptions sink;
  SinkTable::Options table;
  // So long a look at the clock takes: nothing else makes time pass.
  absl::Duration a_look = absl::Milliseconds(10);
  std::atomic<bool> stop{false};
  FaultPlan plan;

  absl::Status Run();

 private:
  FakeCluster* const cluster_;
  Database* const database_;
};

// Topic "out" with two partitions and windows "last2" and "ewma".
class SinkWorld {
 public:
  explicit SinkWorld(DatabaseKind kind = DatabaseKind::kSqlite);

  // Into the state of partition `p`, and with Commit into the topic.
  void Apply(int p, const std::string& key, double value);
  void Delete(int p, const std::string& key);
  // All that has changed, but for the last `without` records.
  void Commit(int p, size_t without = 0);
  // Some of each, committed.
  void MakeState();

  // A process that ends at the end of the topic.
  std::unique_ptr<SinkProcess> Process(const std::string& owner = "me");
  // One of the usual kind, to its end.
  absl::Status RunOnce();

  // What the table must be, and the positions; or the table as of positions.
  std::set<std::string> Expected() { return ExpectedAt(Ends()); }
  std::set<std::string> ExpectedAt(const std::map<int32_t, int64_t>& positions);
  std::map<int32_t, int64_t> Ends();

  FakeCluster& cluster() { return cluster_; }
  const TestDatabase& database() const { return *database_; }

 private:
  FakeCluster cluster_;
  const Pipeline pipeline_;
  PartitionState states_[2];
  std::unique_ptr<TestDatabase> database_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SINK_TESTING_H_
