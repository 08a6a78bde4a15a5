// What a status line asks the cluster, and what it passes on.

#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "processor/worker.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

class StatusReportTest : public ::testing::Test {
 protected:
  StatusReportTest() : world_(/*partitions=*/4, /*seed=*/1) {
    world_.Produce(40);
    EXPECT_THAT(world_.Drain(instance_.get()), IsOk());
    world_.Advance(absl::Seconds(1));
  }
  WorkerReport Report() {
    reports_.clear();
    reporter_.MaybeLog();
    world_.Advance(absl::Seconds(1));
    EXPECT_EQ(reports_.size(), 1u);
    return reports_.empty() ? WorkerReport() : reports_[0];
  }

  World world_;
  std::unique_ptr<Instance> instance_ = world_.Make(InstanceOptions());
  ClusterClock clock_{&world_.cluster()};
  std::vector<WorkerReport> reports_;
  StatusReporter reporter_{
      "worker 0",
      instance_->processor.get(),
      instance_->input.get(),
      &clock_,
      absl::Seconds(1),
      [this](WorkerReport report) { reports_.push_back(std::move(report)); }};
};

TEST_F(StatusReportTest, EveryPartitionIsAskedForItsLag) {
  const int64_t before = instance_->plan.calls(SeamCall::kRange);
  const WorkerReport report = Report();
  EXPECT_EQ(instance_->plan.calls(SeamCall::kRange), before + 4);
  ASSERT_EQ(report.partitions.size(), 4u);
  for (const PartitionReport& partition : report.partitions) {
    EXPECT_TRUE(partition.running);
    EXPECT_TRUE(partition.lag.has_value());
  }
}

// Each question waits for seconds when brokers are away, on the run loop.
TEST_F(StatusReportTest, AfterAQuestionWithoutAnAnswerNoOtherIsAsked) {
  instance_->plan.set_chooser([](SeamCall call, int64_t) {
    return call == SeamCall::kRange
               ? Fault::FailBefore(absl::UnavailableError("away"))
               : Fault();
  });
  const int64_t before = instance_->plan.calls(SeamCall::kRange);
  const WorkerReport report = Report();
  EXPECT_EQ(instance_->plan.calls(SeamCall::kRange), before + 1);
  for (const PartitionReport& partition : report.partitions) {
    EXPECT_FALSE(partition.lag.has_value());
  }
  instance_->plan.set_chooser([](SeamCall, int64_t) { return Fault(); });
  EXPECT_TRUE(Report().partitions[3].lag.has_value());
}

}  // namespace
}  // namespace exactmean
