// What the tests of replays share: the shipped processor on a cluster in
// memory, and readers of its topics.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_REPLAY_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_REPLAY_TESTING_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "processor/bad_record_policy.h"
#include "processor/clock.h"
#include "state/reserved_keys.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_topic.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"
#include "tools/inspect/replay/replay.h"
#include "tools/inspect/scan.h"

namespace exactmean {

class ReplayTest : public ::testing::Test {
 protected:
  explicit ReplayTest(int32_t partitions = 2, uint64_t seed = 7)
      : world_(partitions, seed) {}
  explicit ReplayTest(const WorldOptions& options) : world_(options) {}

  // The processor folds in all that the input holds.
  void Drain() {
    if (instance_ == nullptr) instance_ = world_.Make(InstanceOptions());
    ASSERT_THAT(world_.Drain(instance_.get()), IsOk());
  }

  ScanOptions Options() {
    ScanOptions options;
    options.clock = &clock_;
    options.patience = absl::Seconds(3);
    return options;
  }
  ReplaySource Source(BadRecordPolicy policy = BadRecordPolicy::kSkip) {
    ReplaySource source;
    source.pipeline = &world_.pipeline();
    source.reading.source.format = SourceSpec::Format::kNumber;
    source.on_bad_record = policy;
    return source;
  }
  absl::StatusOr<std::map<Partition, ReplayedPartition>> Fold(
      absl::Span<const Stretch> stretches,
      BadRecordPolicy policy = BadRecordPolicy::kSkip) {
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    return Replay(Source(policy), &input, stretches, Options());
  }
  void Append(Partition partition, const std::string& key,
              const std::string& value) {
    world_.Append(partition, ToModelRecord(key, value, 0));
  }

  // Beside the next reading `key` gets a record more, and compaction takes away
  // what it replaces; the checkpoint of the new one lies in the next segment.
  void OvertakeNextReading(Partition partition, const std::string& key) {
    plan_.set_chooser([=](SeamCall call, int64_t) {
      if (call != SeamCall::kRead || overtaken_) return Fault();
      overtaken_ = true;
      Append(partition, key, "5");
      Drain();
      FakePartition& log = world_.cluster().partition("out", partition);
      FakePartition::Compaction compaction;
      for (const FakeRecord& record : log.records()) {
        if (record.key == kCheckpointKey) compaction.below = record.offset;
      }
      log.Compact(compaction);
      return Fault();
    });
  }

  World world_;
  FaultPlan plan_;
  bool overtaken_ = false;
  ClusterClock clock_{&world_.cluster(), absl::Milliseconds(10)};
  std::unique_ptr<Instance> instance_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_REPLAY_TESTING_H_
