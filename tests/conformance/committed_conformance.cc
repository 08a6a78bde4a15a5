// The contract of InputLog about the offsets that its group has committed.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::Eq;

TEST_P(LogConformanceTest, InputCommittedIsNoneAtFirst) {
  auto member = Join("a");
  EXPECT_THAT(member->log->Committed(kP0),
              IsOkAndHolds(Eq(absl::optional<Offset>())));
}

TEST_P(LogConformanceTest, InputCommittedOffsetsCarryOurNote) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  EXPECT_THAT(member->log->CommittedNote(kP0), IsOkAndHolds(""));
  auto transaction = OpenTransaction(world_->Unique("id"));
  ASSERT_THAT(WriteAndCommit(transaction.get(), member.get(), "v", Offset(3)),
              IsOk());
  ASSERT_EQ(CommittedOffset(member.get(), kP0), Offset(3));
  EXPECT_THAT(member->log->CommittedNote(kP0), IsOkAndHolds(kOffsetNote));
  EXPECT_THAT(member->log->CommittedNote(kP1), IsOkAndHolds(""));
}

// An offset that a transaction moves is not decided before its end is, whatever
// was committed before.
TEST_P(LogConformanceTest, InputCommittedIsStable) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  auto transaction = OpenTransaction(world_->Unique("id"));
  ASSERT_THAT(WriteAndCommit(transaction.get(), member.get(), "v", Offset(3)),
              IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(3));

  // Undecided: neither the old nor the new.
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "k", "v"), IsOk());
  ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(5)}}, *token), IsOk());
  EXPECT_THAT(member->log->Committed(kP0),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(member->log->Committed(kP1),
              IsOkAndHolds(Eq(absl::optional<Offset>())))
      << "another partition's is not concerned";
  ASSERT_THAT(transaction->Abort(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(3));
}

}  // namespace
}  // namespace exactmean
