// The contract of Transaction against zombies: who may commit, until when, and
// what becomes of what they left open.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(LogConformanceTest, TransactionRefusesAWriterWithoutMembership) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  auto transaction = OpenTransaction(world_->Unique("id"));

  GroupToken stale = *token;
  --stale.generation;
  GroupToken unknown = *token;
  unknown.member = "nobody";
  GroupToken nameless = *token;
  nameless.member.clear();
  GroupToken empty;  // a broker would accept this one
  empty.group = group_;
  for (const GroupToken& bad : {stale, unknown, nameless, empty}) {
    SCOPED_TRACE(absl::StrCat(bad.generation, " '", bad.member, "'"));
    ASSERT_THAT(transaction->Begin(), IsOk());
    ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "k", "no"),
                IsOk());
    EXPECT_THAT(transaction->AddOffsets({{kP0, Offset(9)}}, bad),
                StatusIs(absl::StatusCode::kAborted));
    ASSERT_THAT(transaction->Abort(), IsOk());
  }
  ASSERT_THAT(transaction->Begin(), IsOk());
  EXPECT_THAT(transaction->AddOffsets({}, *token),
              StatusIs(absl::StatusCode::kInvalidArgument))
      << "for no offset a broker would fence nobody";
  ASSERT_THAT(transaction->Abort(), IsOk());
  // What could not commit goes into the next transaction.
  ASSERT_THAT(WriteAndCommit(transaction.get(), member.get(), "yes", Offset(1)),
              IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(1));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("yes"));
}

TEST_P(LogConformanceTest, TransactionOfAStaleGenerationIsRefused) {
  auto a = Join("a");
  ASSERT_TRUE(PollUntilShared({a.get()}));
  const auto token = a->log->Token();
  ASSERT_THAT(token, IsOk());
  auto b = Join("b");
  ASSERT_TRUE(PollUntilShared({a.get(), b.get()}));
  auto transaction = OpenTransaction(world_->Unique("id"));
  ASSERT_THAT(transaction->Begin(), IsOk());
  EXPECT_THAT(transaction->AddOffsets({{kP0, Offset(9)}}, *token),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(transaction->Abort(), IsOk());
  EXPECT_THAT(WriteAndCommit(transaction.get(), a.get(), "v", Offset(1)),
              IsOk())
      << "with a fresh token";
}

// An owner may lose its partition between AddOffsets and Commit: its offsets
// were accepted, so they hold, and the next owner must wait for them.
TEST_P(LogConformanceTest, TransactionUndecidedKeepsTheNextOwnerWaiting) {
  auto a = Join("a");
  ASSERT_TRUE(PollUntilShared({a.get()}));
  auto transaction = OpenTransaction(world_->Unique("id"));
  const auto token = a->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "k", "v"), IsOk());
  ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(4)}}, *token), IsOk());
  ASSERT_THAT(a->log->Close(), IsOk());
  auto b = Join("b");
  ASSERT_TRUE(PollUntilShared({b.get()}));
  EXPECT_EQ(CommittedOffset(b.get(), kP1), absl::nullopt);
  EXPECT_THAT(b->log->Committed(kP0), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(transaction->Commit(), IsOk());
  EXPECT_EQ(CommittedOffset(b.get(), kP0), Offset(4));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("v"));
}

TEST_P(LogConformanceTest, TransactionOpenFencesTheFormer) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const std::string id = world_->Unique("id");
  auto old = OpenTransaction(id);
  ASSERT_THAT(WriteAndCommit(old.get(), member.get(), "yes", Offset(1)),
              IsOk());
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(old->Begin(), IsOk());
  ASSERT_THAT(old->Write(Destination::kResults, kP0, "k", "no"), IsOk());
  ASSERT_THAT(old->AddOffsets({{kP0, Offset(9)}}, *token), IsOk());

  auto young = OpenTransaction(id);
  // What was left open is aborted by Open: nobody has to wait for it.
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(1));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("yes"));
  EXPECT_THAT(old->Commit(), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(WriteAndCommit(young.get(), member.get(), "young", Offset(2)),
              IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(2));

  // Fencing goes both ways: the former can take the id back.
  ASSERT_THAT(old->Open(absl::Seconds(20)), IsOk());
  ASSERT_THAT(WriteAndCommit(old.get(), member.get(), "again", Offset(3)),
              IsOk());
  EXPECT_THAT(WriteAndCommit(young.get(), member.get(), "no", Offset(9)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(3));
  EXPECT_THAT(Values(ReadAll(results_, kP0)),
              ElementsAre("yes", "young", "again"));
}

TEST_P(LogConformanceTest, TransactionTimesOut) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  LogWorld::Writer writer = NewWriter();
  writer.timeout = absl::Seconds(1);
  auto transaction = world_->NewTransaction(writer);
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "k", "no"),
              IsOk());
  ASSERT_THAT(transaction->AddOffsets({{kP0, Offset(9)}}, *token), IsOk());
  world_->Pass(writer.timeout);
  EXPECT_EQ(CommittedOffset(member.get(), kP0), absl::nullopt);
  EXPECT_THAT(ReadAll(results_, kP0), IsEmpty()) << "and nobody waits";

  EXPECT_THAT(transaction->Commit(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  EXPECT_THAT(WriteAndCommit(transaction.get(), member.get(), "yes", Offset(1)),
              IsOk());
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("yes"));
}

}  // namespace
}  // namespace exactmean
