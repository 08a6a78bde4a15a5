// Who is fenced twice in a row stops, as another process must have its
// identity; but not when it was the coordinator, which fences the producer of a
// transaction that it has timed out. What is open is aborted, and what was not
// committed told.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int kFences = 3;

// The first commits take `time`, and are fenced.
absl::Status DrainFenced(World* world, absl::Duration time) {
  const auto instance = world->Make({});
  int commits = 0;
  instance->plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call != SeamCall::kCommit || ++commits > kFences) return Fault();
    world->Advance(time);
    return Fault::FailBefore(absl::FailedPreconditionError("fenced"));
  });
  world->Produce(50);
  const absl::Status status = world->Drain(instance.get());
  if (status.ok() && commits <= kFences) {
    return absl::InternalError("it was not fenced");
  }
  return status;
}

TEST(FenceTest, TwiceInARowByAnotherProcess) {
  World world(2, /*seed=*/1);
  const absl::Status status = DrainFenced(&world, absl::Milliseconds(100));
  EXPECT_EQ(ReasonOf(status), StopReason::kFenced) << status;
  EXPECT_THAT(world.Check(), IsOk());
}

TEST(FenceTest, TwiceInARowByTheTransactionTimeout) {
  World world(2, /*seed=*/1);
  EXPECT_THAT(DrainFenced(&world, absl::Seconds(16)), IsOk());
  EXPECT_THAT(world.CheckDrained(), IsOk());
}

// A member that is fenced has a producer still: readers of the results need not
// wait for its transaction to time out.
TEST(FenceTest, AMemberAbortsWhatItHasOpen) {
  World world(2, /*seed=*/1);
  InstanceOptions options;
  options.slow_commits = true;
  const auto instance = world.Make(options);
  world.Produce(50);
  const auto calls = [&](SeamCall call) { return instance->plan.calls(call); };
  constexpr int kTurns = 200;
  for (int i = 0; i < kTurns && calls(SeamCall::kBegin) == 0; ++i) {
    ASSERT_THAT(instance->Turn(), IsOk());
  }
  instance->plan.Set(SeamCall::kToken, calls(SeamCall::kToken) + 1,
                     Fault::FailBefore(absl::FailedPreconditionError("gone")));
  for (int i = 0; i < kTurns && calls(SeamCall::kAbort) == 0; ++i) {
    ASSERT_THAT(instance->Turn(), IsOk());
  }
  EXPECT_EQ(calls(SeamCall::kBegin), 1);
  EXPECT_EQ(calls(SeamCall::kAbort), 1);
  EXPECT_EQ(calls(SeamCall::kCommit), 0);
  EXPECT_THAT(world.Drain(instance.get()), IsOk());
  EXPECT_THAT(world.CheckDrained(), IsOk());
}

// Nothing is lost, but what was asked for was not done.
TEST(FenceTest, ALastCommitThatIsAbortedIsTold) {
  World world(2, /*seed=*/1);
  InstanceOptions options;
  options.commit_policy = {absl::Hours(1), 1000};
  const auto instance = world.Make(options);
  world.Produce(50);
  constexpr int kTurns = 30;
  for (int i = 0; i < kTurns; ++i) ASSERT_THAT(instance->Turn(), IsOk());
  ASSERT_GT(instance->processor->stats().records, 0u);
  instance->plan.set_chooser([](SeamCall call, int64_t /*nth*/) {
    return call == SeamCall::kCommit
               ? Fault::FailBefore(absl::AbortedError("not now"))
               : Fault();
  });
  const absl::Status status = instance->processor->Shutdown();
  EXPECT_EQ(ReasonOf(status), StopReason::kUnreachable);
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("the last commit was aborted"));
}

// For ever is not for now: a supervisor should know.
TEST(FenceTest, CommitsThatAreAlwaysAbortedAreGivenUp) {
  World world(2, /*seed=*/1);
  const auto instance = world.Make({});
  instance->plan.set_chooser([](SeamCall call, int64_t /*nth*/) {
    return call == SeamCall::kCommit
               ? Fault::FailBefore(absl::AbortedError("not now"))
               : Fault();
  });
  world.Produce(50);
  const absl::Status status = world.Drain(instance.get());
  EXPECT_EQ(ReasonOf(status), StopReason::kUnreachable) << status;
  EXPECT_THAT(std::string(status.message()),
              ::testing::HasSubstr("20 commits in a row have failed; the last: "
                                   "not now"));
  EXPECT_THAT(world.Check(), IsOk());
}

}  // namespace
}  // namespace exactmean
