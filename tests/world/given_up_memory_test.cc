// The memory of partitions that the group takes away is not kept.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "processor/watchdog.h"
#include "processor/worker.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/resident_memory.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int kKeys = 10000;
constexpr size_t kKeyBytes = 2000;
constexpr int64_t kKibOfState = kKeys * kKeyBytes / 1024;

// A worker that has some partitions in its first turn, and none after it.
class GivenUpMemoryTest : public ::testing::Test {
 protected:
  GivenUpMemoryTest() : world_(/*partitions=*/2, /*seed=*/1) {
    ModelRecord record;
    record.kind = ModelRecord::Kind::kValue;
    record.text = "1";
    record.value = 1;
    for (int i = 0; i < kKeys; ++i) {
      record.key = absl::StrCat(i, std::string(kKeyBytes, 'k'));
      world_.Append(Partition(i % 2), record);
    }
    options_.max_poll_records = 1000;
    instance_ = world_.Make(options_);
    options_.name = "b";
    heir_ = world_.Make(options_);
  }

  void AfterTurn(size_t partitions) {
    if (partitions > 0) {
      EXPECT_EQ(partitions, 2u);
      world_.group().Expire("a");
      for (int turns = 0; heir_->processor->tasks().empty(); ++turns) {
        ASSERT_LT(turns, 100);
        ASSERT_THAT(heir_->Turn(), IsOk());
      }
      before_ = ResidentKib();
    } else if (++turns_without_ == 2) {
      after_ = ResidentKib();
      stop_ = true;
    }
  }

  InstanceOptions options_;
  World world_;
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Instance> heir_;
  ClusterClock clock_{&world_.cluster()};
  std::atomic<bool> stop_{false};
  int turns_without_ = 0;
  int64_t before_ = 0;
  int64_t after_ = 0;
};

TEST_F(GivenUpMemoryTest, GoesBackAtOnce) {
  if (!AllocatorIsGlibc()) GTEST_SKIP() << "a sanitizer's is not held to it";
  ASSERT_THAT(world_.Drain(instance_.get()), IsOk());
  StatusReporter reporter("worker 0", instance_->processor.get(),
                          instance_->input.get(), &clock_, absl::ZeroDuration(),
                          [this](const WorkerReport& report) {
                            AfterTurn(report.partitions.size());
                          });
  Heartbeat heartbeat;
  EXPECT_THAT(
      RunWorker(instance_->processor.get(), &reporter, &heartbeat, &stop_),
      IsOk());
  EXPECT_GE(turns_without_, 2);
  EXPECT_LT(after_, before_ - kKibOfState * 8 / 10);
}

}  // namespace
}  // namespace exactmean
