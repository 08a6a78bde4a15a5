// What tests of a running processor from under which something goes away share.

#ifndef EXACTMEAN_TESTS_WORLD_RUNNING_TESTING_H_
#define EXACTMEAN_TESTS_WORLD_RUNNING_TESTING_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {

class RunningTest : public ::testing::Test {
 protected:
  static constexpr int32_t kPartitions = 2;

  // An instance that has folded in some records.
  void Work(const InstanceOptions& options = InstanceOptions()) {
    world_.Produce(30);
    instance_ = world_.Make(options);
    ASSERT_THAT(world_.Drain(instance_.get()), IsOk());
  }
  // The error that ends it, or OK after so much virtual time.
  absl::Status RunFor(absl::Duration duration) {
    const absl::Time end = world_.cluster().now() + duration;
    absl::Status status;
    while (status.ok() && world_.cluster().now() < end) {
      status = instance_->Turn();
      world_.Advance(absl::Milliseconds(100));
    }
    return status;
  }
  void FailAlways(SeamCall call, const absl::Status& status) {
    instance_->plan.set_chooser([=](SeamCall met, int64_t /*nth*/) {
      return met == call ? Fault::FailBefore(status) : Fault();
    });
  }

  World world_{kPartitions, /*seed=*/7};
  std::unique_ptr<Instance> instance_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_RUNNING_TESTING_H_
