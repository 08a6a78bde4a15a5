// A processor that is denied something ends, whatever it is denied and
// whenever, and the promise holds: it does not try again for ever.

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

class DeniedTest : public ::testing::TestWithParam<SeamCall> {};

TEST_P(DeniedTest, EndsAndLosesNothing) {
  World world(2, /*seed=*/5);
  world.Produce(30);
  {  // So that there is state to restore.
    const auto first = world.Make(InstanceOptions());
    ASSERT_THAT(world.Drain(first.get()), IsOk());
    first->plan.Kill();
  }
  world.group().Expire("a");
  world.Produce(30);
  const auto instance = world.Make(InstanceOptions());
  instance->plan.set_chooser([](SeamCall call, int64_t /*nth*/) {
    if (call == GetParam()) {
      return Fault::FailBefore(absl::PermissionDeniedError("denied"));
    }
    // As a broker has it that was never told of the transaction's partitions.
    return call == SeamCall::kAbort
               ? Fault::FailBefore(absl::UnknownError("no abort"))
               : Fault();
  });
  constexpr int kTurns = 50;
  const absl::Status error = world.Drain(instance.get(), kTurns);
  EXPECT_THAT(error, StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(!IsStop(error) || ReasonOf(error) == StopReason::kConfig);
  EXPECT_EQ(instance->plan.calls(GetParam()), 1);
  instance->plan.Kill();
  world.group().Expire("a");
  const auto next = world.Make(InstanceOptions());
  EXPECT_THAT(world.Drain(next.get()), IsOk());
}

INSTANTIATE_TEST_SUITE_P(
    Calls, DeniedTest,
    ::testing::Values(SeamCall::kSubscribe, SeamCall::kPoll,
                      SeamCall::kCommitted, SeamCall::kRange, SeamCall::kReadAt,
                      SeamCall::kEndOffset, SeamCall::kOpenResults,
                      SeamCall::kRead, SeamCall::kOpenTransaction,
                      SeamCall::kDescribe, SeamCall::kDescribeResults,
                      SeamCall::kBegin, SeamCall::kWrite, SeamCall::kAddOffsets,
                      SeamCall::kCommit),
    [](const auto& test) {
      return absl::StrReplaceAll(SeamCallName(test.param), {{"::", ""}});
    });

// As a broker does one whose session time-out, or assignor, it does not allow.
TEST(RefusedTest, ByTheGroup) {
  World world(2, /*seed=*/5);
  world.Produce(30);
  const auto instance = world.Make(InstanceOptions());
  instance->plan.Set(
      SeamCall::kPoll, 1,
      Fault::FailBefore(absl::InvalidArgumentError("JoinGroup failed")));
  const absl::Status error = world.Drain(instance.get());
  EXPECT_EQ(ReasonOf(error), StopReason::kConfig) << error;
  EXPECT_THAT(std::string(error.message()),
              ::testing::HasSubstr("group.session_timeout"));
}

}  // namespace
}  // namespace exactmean
