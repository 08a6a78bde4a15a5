// What a request to commit does that arrives twice, or late: what the
// simulation leans on, and why the product takes a new epoch after such a one.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A transaction that nothing but its end is missing of.
void Prepare(Transaction* transaction, TestMember* member,
             absl::string_view value, Offset next) {
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  ASSERT_THAT(transaction->Begin(), IsOk());
  ASSERT_THAT(transaction->Write(Destination::kResults, kP0, "key", value),
              IsOk());
  ASSERT_THAT(transaction->AddOffsets({{kP0, next}}, *token), IsOk());
}

TEST_P(LogConformanceTest, TransactionCommitThatArrivesTwiceIsDoneOnce) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const std::string id = world_->Unique("id");
  auto transaction = OpenTransaction(id);
  Prepare(transaction.get(), member.get(), "v", Offset(4));
  const auto request = world_->RequestCommit(id);
  EXPECT_THAT(request->Arrive(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(4));
  EXPECT_THAT(request->Arrive(), IsOk());
  // The producer has had no answer, and asks again.
  EXPECT_THAT(transaction->Commit(), IsOk());
  EXPECT_THAT(request->Arrive(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(4));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("v"));
  const auto log = world_->NewResults(results_);
  EXPECT_EQ(EndOf(log.get(), kP0), Offset(2)) << "a record and one marker";
  EXPECT_THAT(
      WriteAndCommit(transaction.get(), member.get(), "next", Offset(5)),
      IsOk());
}

TEST_P(LogConformanceTest, TransactionCommitMayBeAskedForAfterTheTimeout) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  LogWorld::Writer writer = NewWriter();
  writer.timeout = absl::Seconds(1);
  auto transaction = world_->NewTransaction(writer);
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  Prepare(transaction.get(), member.get(), "v", Offset(4));
  EXPECT_THAT(world_->RequestCommit(writer.id)->Arrive(), IsOk());
  world_->Pass(2 * writer.timeout + absl::Seconds(1));
  EXPECT_THAT(transaction->Commit(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(4));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("v"));
}

// It does not say which transaction it is about.
TEST_P(LogConformanceTest, TransactionLateCommitEndsTheNextOfItsEpoch) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const std::string id = world_->Unique("id");
  auto transaction = OpenTransaction(id);
  Prepare(transaction.get(), member.get(), "first", Offset(1));
  const auto request = world_->RequestCommit(id);
  ASSERT_THAT(transaction->Commit(), IsOk());
  Prepare(transaction.get(), member.get(), "second", Offset(2));
  EXPECT_THAT(member->log->Committed(kP0),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(request->Arrive(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(2));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("first", "second"));
  // A new epoch is safe from it.
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  Prepare(transaction.get(), member.get(), "third", Offset(3));
  EXPECT_THAT(request->Arrive(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(transaction->Abort(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(2));
}

TEST_P(LogConformanceTest, TransactionLateCommitOfAFormerProducerIsRefused) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const std::string id = world_->Unique("id");
  auto old = OpenTransaction(id);
  Prepare(old.get(), member.get(), "no", Offset(9));
  const auto request = world_->RequestCommit(id);
  auto young = OpenTransaction(id);
  EXPECT_THAT(request->Arrive(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(CommittedOffset(member.get(), kP0), absl::nullopt);
  EXPECT_THAT(ReadAll(results_, kP0), IsEmpty());

  Prepare(young.get(), member.get(), "young", Offset(1));
  EXPECT_THAT(request->Arrive(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(member->log->Committed(kP0),
              StatusIs(absl::StatusCode::kUnavailable))
      << "still undecided";
  EXPECT_THAT(young->Commit(), IsOk());
  EXPECT_EQ(CommittedOffset(member.get(), kP0), Offset(1));
  EXPECT_THAT(Values(ReadAll(results_, kP0)), ElementsAre("young"));
}

TEST_P(LogConformanceTest, TransactionLateCommitAfterTheTimeoutIsRefused) {
  auto member = Join("a");
  ASSERT_TRUE(PollUntilShared({member.get()}));
  LogWorld::Writer writer = NewWriter();
  writer.timeout = absl::Seconds(1);
  auto transaction = world_->NewTransaction(writer);
  ASSERT_THAT(transaction->Open(absl::Seconds(20)), IsOk());
  Prepare(transaction.get(), member.get(), "no", Offset(9));
  const auto request = world_->RequestCommit(writer.id);
  world_->Pass(writer.timeout);
  EXPECT_EQ(CommittedOffset(member.get(), kP0), absl::nullopt);
  EXPECT_THAT(request->Arrive(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(CommittedOffset(member.get(), kP0), absl::nullopt);
  EXPECT_THAT(ReadAll(results_, kP0), IsEmpty());
}

}  // namespace
}  // namespace exactmean
