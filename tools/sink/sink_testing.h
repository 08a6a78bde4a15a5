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
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
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

  // To be changed before Run.
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

// A world with each kind of database.
class SinkTest : public ::testing::TestWithParam<DatabaseKind> {
 protected:
  SinkTest() : world_(GetParam()) {}

  void ExpectInStep() {
    EXPECT_EQ(world_.database().Rows(), world_.Expected());
    EXPECT_EQ(world_.database().Positions(), world_.Ends());
  }
  static void ExpectStop(const absl::Status& status, StopReason reason,
                         const std::string& says) {
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(says));
  }
  absl::Status Resync() {
    const auto process = world_.Process("resync");
    process->table.resync = true;
    return process->Run();
  }
  int64_t Count(const std::string& what) {
    return std::stoll(world_.database()
                          .Query(absl::StrCat("SELECT count(*) FROM ",
                                              world_.database().table, what))
                          .at(0)
                          .at(0));
  }

  SinkWorld world_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SINK_TESTING_H_
