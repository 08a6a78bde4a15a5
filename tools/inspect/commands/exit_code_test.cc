// Exit codes.

#include "tools/inspect/commands/exit_code.h"

#include "gtest/gtest.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

TEST(ExitCodeTest, FollowsTheStatus) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(absl::InternalError("x")), 1);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("x")), 2);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("x")), 2);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("x")), 2);
  // A state of another configuration.
  EXPECT_EQ(ExitCodeOf(absl::FailedPreconditionError("x")), 2);
  EXPECT_EQ(ExitCodeOf(absl::DataLossError("x")), 4);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("x")), 6);
  // Compaction or retention went on meanwhile; a commit without an answer.
  EXPECT_EQ(ExitCodeOf(absl::AbortedError("x")), 7);
  EXPECT_EQ(ExitCodeOf(absl::OutOfRangeError("x")), 7);
  EXPECT_EQ(ExitCodeOf(absl::UnknownError("x")), 7);
  EXPECT_EQ(ExitCodeOf(absl::CancelledError("x")), 130);
}

TEST(ExitCodeTest, AStopDecides) {
  EXPECT_EQ(ExitCodeOf(Stop(StopReason::kState, "x")), 4);
  // A key that is not there, and a topic that the configuration names in vain.
  EXPECT_EQ(ExitCodeOf(Stop(StopReason::kNotFound, absl::NotFoundError("x"))),
            10);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("x")), 2);
  EXPECT_EQ(ExitCodeOf(Stop(StopReason::kIncomplete, "x")), 7);
  EXPECT_EQ(ExitCodeOf(Stop(StopReason::kConfig, absl::DataLossError("x"))), 2);
  EXPECT_EQ(ExitCodeOf(Stop(StopReason::kState, absl::CancelledError("x"))), 4);
}

}  // namespace
}  // namespace exactmean
