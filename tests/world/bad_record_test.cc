// What is said at a bad record under policy STOP is true: that everything
// before it is committed, only if it is. And what waits for a commit under
// DEAD_LETTER is bounded.

#include <algorithm>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class BadRecordTest : public ::testing::Test {
 protected:
  // Meets a bad record after some good ones, all in one poll, while its commit
  // comes out as `fault`. The error that ends it.
  absl::Status Meet(const Fault& fault) {
    instance_ = world_.Make(InstanceOptions());
    instance_->plan.Set(SeamCall::kCommit, 2, fault);
    absl::Status status;
    while (status.ok() && instance_->plan.calls(SeamCall::kCommit) == 0) {
      status = instance_->Turn();
    }
    for (const char* value : {"1", "2", "bad"}) {
      world_.Append(kOnly, ToModelRecord("key", std::string(value), 0));
    }
    for (int turn = 0; turn < 100 && status.ok(); ++turn) {
      status = instance_->Turn();
    }
    EXPECT_EQ(ReasonOf(status), StopReason::kBadRecord) << status;
    EXPECT_THAT(world_.Check(), IsOk());
    return status;
  }

  static constexpr Partition kOnly{0};
  static WorldOptions Stopping() {
    WorldOptions options;
    options.on_bad_record = BadRecordPolicy::kStop;
    return options;
  }
  World world_{Stopping()};
  std::unique_ptr<Instance> instance_;
};
constexpr Partition BadRecordTest::kOnly;

TEST_F(BadRecordTest, EverythingBeforeItIsCommitted) {
  const absl::Status error = Meet(Fault());
  EXPECT_THAT(error.message(), HasSubstr("verything before it is committed"));
  EXPECT_EQ(world_.group().Committed(kOnly).value(), Offset(2));
}

TEST_F(BadRecordTest, ACommitThatWasAbortedIsNotSaidToBeOne) {
  const absl::Status error =
      Meet(Fault::FailBefore(absl::AbortedError("chosen")));
  EXPECT_THAT(error.message(),
              AllOf(Not(HasSubstr("is committed")), HasSubstr("read again")));
}

TEST_F(BadRecordTest, ACommitOfUnknownOutcomeIsNotSaidToBeOne) {
  const absl::Status error =
      Meet(Fault::FailBefore(absl::UnknownError("chosen")));
  EXPECT_THAT(error.message(),
              AllOf(Not(HasSubstr("is committed")), HasSubstr("read again")));
}

// While commits fail, a partition of nothing but bad records is not read on
// and on into memory; once they succeed, it is.
TEST(DeadLetterMemoryTest, IsBoundedWhileCommitsFail) {
  constexpr Partition kOnly(0);
  WorldOptions options;
  options.on_bad_record = BadRecordPolicy::kDeadLetter;
  World world(options);
  for (int i = 0; i < 400; ++i) {
    world.Append(kOnly, ToModelRecord("key", std::string("bad"), 0));
  }
  InstanceOptions instance_options;
  instance_options.diverted_bytes = 10000;
  const auto instance = world.Make(instance_options);
  int failures = 0;
  instance->plan.set_chooser([&](SeamCall call, int64_t) {
    return call == SeamCall::kCommit && failures < 10 && ++failures > 0
               ? Fault::FailBefore(absl::AbortedError("chosen"))
               : Fault();
  });
  size_t most = 0;
  for (int turn = 0; turn < 200 && failures < 10; ++turn) {
    ASSERT_THAT(instance->Turn(), IsOk());
    for (const auto& [partition, task] : instance->processor->tasks()) {
      most = std::max(most, task->state().diverted_bytes());
    }
    world.Advance(absl::Milliseconds(100));
  }
  EXPECT_EQ(failures, 10);
  EXPECT_GT(most, 40000u);  // where it is not read on
  EXPECT_LT(most, 60000u);  // and what was read last
  EXPECT_THAT(world.Drain(instance.get()), IsOk());
}

}  // namespace
}  // namespace exactmean
