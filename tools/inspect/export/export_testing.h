// For tests of exports: a results topic, filled by states of the product.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_TESTING_H_

#include <atomic>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/export/export.h"
#include "tools/inspect/export/export_writer.h"

namespace exactmean {

inline StateSpec Spec(const std::string& second) {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last2", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0},
                  {second, WindowSpec::Kind::kEwmaRecords, 0, 0, 0, 0.5, 0}};
  return spec;
}

// Two results partitions, written by states of the product.
class ExportTest : public ::testing::Test {
 protected:
  ExportTest() {
    cluster_.CreateTopic("out", 2);
    for (int p = 0; p < 2; ++p) states_[p].StartEmpty(Offset(0));
  }

  void Apply(int p, const std::string& key, double value) {
    PartitionState& state = states_[p];
    state.Apply(state.next_offset(), key,
                {value, EventTime(state.next_offset().value() * 1000000)});
  }
  // All that changed, but for the last `without` records.
  void Commit(int p, size_t without = 0) {
    const ChangeSet changes = states_[p].Changes("w");
    states_[p].MarkCommitted();
    for (size_t i = 0; i < changes.size() + 1 - without; ++i) {
      const bool last = i == changes.size();
      cluster_.Produce("out", Partition(p),
                       last ? "__exactmean/checkpoint" : changes.key(i),
                       last ? changes.checkpoint() : changes.value(i));
    }
  }
  absl::StatusOr<std::vector<ExportedPartition>> ExportTo(
      ExportWriter* writer, const std::string& match = "") {
    FakeResultsLog log(&cluster_, &plan_, {"out"});
    ClusterClock clock(&cluster_, absl::Milliseconds(10));
    ScanOptions options;
    options.clock = &clock;
    options.patience = absl::Seconds(3);
    options.stop = stop_;
    return Export(&log, {Partition(0), Partition(1)},
                  KeyFilter::Create("", match).value(), options, writer);
  }
  std::string Csv(const std::string& match = "") {
    std::ostringstream out;
    const auto writer = MakeCsvWriter(&out);
    EXPECT_THAT(ExportTo(writer.get(), match), IsOk());
    EXPECT_THAT(writer->Finish(), IsOk());
    return out.str();
  }
  absl::Status Failure() {
    std::ostringstream out;
    return ExportTo(MakeCsvWriter(&out).get()).status();
  }
  void MakeState() {
    Apply(0, "b", 10);
    Apply(0, "a,\"x\"", 0.1);
    Apply(0, "gone", 1);
    Commit(0);
    Apply(0, "b", 20);
    states_[0].Delete(states_[0].next_offset(), "gone");
    Commit(0);
    Apply(1, "\xff", -1e30);
    Commit(1);
  }

  const std::atomic<bool>* stop_ = nullptr;
  FakeCluster cluster_;
  FaultPlan plan_;
  const Pipeline pipeline_{Spec("ewma"), {"app", "in", 2}};
  const Pipeline other_{Spec("other"), {"app", "in", 2}};
  PartitionState states_[2] = {PartitionState(&pipeline_, Partition(0)),
                               PartitionState(&pipeline_, Partition(1))};
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_TESTING_H_
