// A broker that has just started may not know a topic that is there: that is
// waited out, for a while, whichever call it meets.

#include <cstdint>
#include <memory>

#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/delivery.h"
#include "processor/stop.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// A world with a state to restore, and more input.
std::unique_ptr<World> Prepared(const InstanceOptions& options) {
  WorldOptions prepared;
  prepared.partitions = 2;
  prepared.seed = 7;
  prepared.promise = options.delivery.mode;
  auto world = std::make_unique<World>(prepared);
  world->Produce(30);
  const auto predecessor = world->Make(options);
  EXPECT_THAT(world->Drain(predecessor.get()), IsOk());
  predecessor->plan.Kill();
  world->group().Expire("a");
  world->Produce(30);
  return world;
}

InstanceOptions Of(DeliveryMode mode) {
  InstanceOptions options;
  options.delivery.mode = mode;
  return options;
}

// Some seconds of work, in which everything is folded in.
absl::Status Work(World* world, Instance* instance) {
  for (int i = 0; i < 3; ++i) {
    const absl::Status drained = world->Drain(instance);
    if (!drained.ok()) return drained;
    world->Advance(absl::Seconds(2));
    world->Produce(5);
  }
  return world->Drain(instance);
}

// The call finds nothing any more: after the patience it says so and stops.
void ExpectStopsInTime(World* world, Instance* instance, SeamCall missing) {
  instance->plan.set_chooser([=](SeamCall call, int64_t /*nth*/) {
    return call == missing ? Fault::FailBefore(absl::NotFoundError("unknown"))
                           : Fault();
  });
  const absl::Time start = world->cluster().now();
  absl::Status error;
  while (error.ok() && world->cluster().now() - start < absl::Minutes(1)) {
    error = instance->Turn();
    world->Advance(absl::Milliseconds(100));
  }
  EXPECT_EQ(ReasonOf(error), StopReason::kConfig) << error;
  EXPECT_THAT(error.message(), HasSubstr("unknown"));
  EXPECT_GE(world->cluster().now() - start, absl::Seconds(5));
  EXPECT_LT(world->cluster().now() - start, absl::Seconds(8));
}

class MissingTopicTest : public ::testing::TestWithParam<SeamCall> {};

TEST_P(MissingTopicTest, OnceIsNoReasonToStop) {
  for (const DeliveryMode mode :
       {DeliveryMode::kExactlyOnce, DeliveryMode::kAtLeastOnce}) {
    const InstanceOptions options = Of(mode);
    const auto faultless = Prepared(options);
    const auto other = faultless->Make(options);
    ASSERT_THAT(Work(faultless.get(), other.get()), IsOk());
    ASSERT_GT(other->plan.calls(GetParam()), 0);
    for (int64_t nth = 1; nth <= other->plan.calls(GetParam()); ++nth) {
      const auto world = Prepared(options);
      const auto instance = world->Make(options);
      instance->plan.Set(GetParam(), nth,
                         Fault::FailBefore(absl::NotFoundError("unknown")));
      EXPECT_THAT(Work(world.get(), instance.get()), IsOk()) << "call " << nth;
      EXPECT_EQ(instance->processor->stats().recoveries, 0u);
    }
  }
}

TEST_P(MissingTopicTest, ForLongIsAReason) {
  const InstanceOptions options = Of(DeliveryMode::kExactlyOnce);
  const auto world = Prepared(options);
  const auto instance = world->Make(options);
  ExpectStopsInTime(world.get(), instance.get(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Calls, MissingTopicTest,
    ::testing::Values(SeamCall::kSubscribe, SeamCall::kPoll,
                      SeamCall::kCommitted, SeamCall::kRange, SeamCall::kReadAt,
                      SeamCall::kResumeAt, SeamCall::kEndOffset,
                      SeamCall::kOpenResults, SeamCall::kRead),
    [](const auto& test) {
      return absl::StrReplaceAll(SeamCallName(test.param), {{"::", ""}});
    });

// Asked once a second; in between all is well.
TEST(MissingResultsTest, ForLongIsAReasonThoughTheyAreSeldomAskedFor) {
  const InstanceOptions options = Of(DeliveryMode::kAtLeastOnce);
  const auto world = Prepared(options);
  const auto instance = world->Make(options);
  ASSERT_THAT(world->Drain(instance.get()), IsOk());
  ExpectStopsInTime(world.get(), instance.get(), SeamCall::kEndOffset);
}

TEST(MissingResultsTest, TheFateOfACommitIsNotWaitedFor) {
  const InstanceOptions options = Of(DeliveryMode::kExactlyOnce);
  const auto world = Prepared(options);
  const auto instance = world->Make(options);
  instance->plan.Set(SeamCall::kCommit, 1,
                     Fault::FailBefore(absl::NotFoundError("unknown")));
  const absl::Status error = Work(world.get(), instance.get());
  EXPECT_EQ(ReasonOf(error), StopReason::kConfig) << error;
  EXPECT_EQ(instance->plan.calls(SeamCall::kCommit), 1);
}

}  // namespace
}  // namespace exactmean
