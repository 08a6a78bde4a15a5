// Who is fenced twice in a row stops, as another process must have its
// identity; but not when it was the coordinator, which fences the producer of a
// transaction that it has timed out.

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
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

}  // namespace
}  // namespace exactmean
