// What becomes of steps of two writers, or of two members, that fall between
// each other: what the simulation leans on beyond the other files.

#include <memory>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// A transaction is whole for its readers only when no other one is open in the
// midst of it.
TEST_P(LogConformanceTest, ResultsShowATransactionUpToWhereAnotherIsOpen) {
  const auto log = world_->NewResults(results_);
  auto one = world_->BeginForeign();
  auto other = world_->BeginForeign();
  one->Write(results_, kP0, "key", "first half");
  other->Write(results_, kP0, "key", "open");
  one->Write(results_, kP0, "key", "second half");
  one->Commit();
  const Offset end = EndOf(log.get(), kP0);
  ASSERT_THAT(log->Open(kP0), IsOk());
  ASSERT_TRUE(ReadTo(log.get(), kP0, Offset(1)));
  ASSERT_TRUE(ReadQuietly(log.get()));
  EXPECT_THAT(Values(read_[kP0]), ElementsAre("first half"));
  EXPECT_LT(log->Position(kP0), end) << "a restore waits";
  other->Abort();
  ASSERT_TRUE(ReadTo(log.get(), kP0, end));
  EXPECT_THAT(Values(read_[kP0]), ElementsAre("first half", "second half"));
}

// A static member that dies after it has joined a cooperative rebalance, and
// before it gives up what it claimed: its successor takes its place without a
// rebalance, so that what it had to give up is nobody's until the next one.
TEST_P(LogConformanceTest, MemberStaticThatDiesGivingUpLeavesNoOwner) {
  auto old = Join("old", "instance", /*cooperative=*/true);
  ASSERT_TRUE(PollUntilShared({old.get()}));
  auto other = Join("other", "other-instance", /*cooperative=*/true);
  std::unique_ptr<TestMember> young;
  old->listener.on_revoked = [&] {
    if (young != nullptr) return;
    young = Join("young", "instance", /*cooperative=*/true);
    EXPECT_TRUE(PollUntil({young.get(), other.get()},
                          [&] { return !young->listener.held.empty(); }));
  };
  absl::Status fenced;
  ASSERT_TRUE(world_->Eventually([&] {
    fenced.Update(Poll(old.get()));
    EXPECT_THAT(Poll(other.get()), IsOk());
    if (young != nullptr) {
      EXPECT_THAT(Poll(young.get()), IsOk());
    }
    return !fenced.ok();
  }));
  EXPECT_THAT(fenced, StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_NE(young, nullptr);
  ASSERT_TRUE(PollQuietly({young.get(), other.get()}));
  EXPECT_THAT(young->listener.held, SizeIs(kPartitions / 2));
  EXPECT_THAT(other->listener.held, SizeIs(0));
  // Somebody who comes brings it about.
  auto third = Join("third", "third-instance", /*cooperative=*/true);
  EXPECT_TRUE(PollUntilShared({young.get(), other.get(), third.get()}));
}

}  // namespace
}  // namespace exactmean
