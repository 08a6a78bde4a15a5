// The contract of InputLog as a member of a group: who holds what, in which
// order it changes hands, and until when a commit is accepted.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/log_conformance.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Kind = RecordingListener::Kind;

bool Saw(const TestMember& member, Kind kind) {
  for (const auto& event : member.listener.events) {
    if (event.kind == kind) return true;
  }
  return false;
}

bool Disjoint(const TestMember& a, const TestMember& b) {
  for (const Partition p : a.listener.held) {
    if (b.listener.held.count(p) > 0) return false;
  }
  return true;
}

// The events of both protocols obey these.
void ExpectOrderly(const TestMember& member) {
  EXPECT_FALSE(member.listener.held_twice);
  EXPECT_FALSE(member.listener.gave_up_unheld);
}

TEST_P(LogConformanceTest, MemberTokenProvesMembership) {
  auto member = Join("a");
  EXPECT_THAT(member->log->Token(), StatusIs(absl::StatusCode::kAborted))
      << "not yet a member";
  ASSERT_TRUE(PollUntilShared({member.get()}));
  const auto token = member->log->Token();
  ASSERT_THAT(token, IsOk());
  EXPECT_EQ(token->group, group_);
  EXPECT_GE(token->generation, 0);
  EXPECT_THAT(token->member, Not(IsEmpty()));
  EXPECT_THAT(token->instance, IsEmpty());
  ASSERT_THAT(member->log->Close(), IsOk());
  EXPECT_THAT(member->log->Token(), Not(IsOk()));
}

// Runs for both protocols: they differ in what is revoked, not in the order.
void CheckHandOver(LogWorld* world, TestMember* a, TestMember* b,
                   const std::function<bool()>& shared) {
  EXPECT_TRUE(world->Eventually(shared));
  EXPECT_THAT(a->listener.held, SizeIs(kPartitions / 2));
  EXPECT_THAT(b->listener.held, SizeIs(kPartitions / 2));
  ExpectOrderly(*a);
  ExpectOrderly(*b);
  EXPECT_FALSE(Saw(*a, Kind::kLost));
  EXPECT_FALSE(Saw(*b, Kind::kLost));
}

TEST_P(LogConformanceTest, MemberRevokedBeforeAnotherIsAssignedEager) {
  auto a = Join("a");
  ASSERT_TRUE(PollUntilShared({a.get()}));
  auto b = Join("b");
  CheckHandOver(world_.get(), a.get(), b.get(), [&] {
    EXPECT_THAT(Poll(a.get()), IsOk());
    EXPECT_TRUE(Disjoint(*a, *b));
    EXPECT_THAT(Poll(b.get()), IsOk());
    EXPECT_TRUE(Disjoint(*a, *b));
    return a->listener.held.size() + b->listener.held.size() == kPartitions &&
           !b->listener.held.empty();
  });
  // All at once, and half of it anew.
  ASSERT_GE(a->listener.events.size(), 3u);
  EXPECT_EQ(a->listener.events[1].kind, Kind::kRevoked);
  EXPECT_THAT(a->listener.events[1].partitions, SizeIs(kPartitions));
}

TEST_P(LogConformanceTest, MemberRevokedBeforeAnotherIsAssignedCooperative) {
  auto a = Join("a", "", /*cooperative=*/true);
  ASSERT_TRUE(PollUntilShared({a.get()}));
  auto b = Join("b", "", /*cooperative=*/true);
  CheckHandOver(world_.get(), a.get(), b.get(), [&] {
    EXPECT_THAT(Poll(a.get()), IsOk());
    EXPECT_TRUE(Disjoint(*a, *b));
    EXPECT_THAT(Poll(b.get()), IsOk());
    EXPECT_TRUE(Disjoint(*a, *b));
    return a->listener.held.size() + b->listener.held.size() == kPartitions &&
           !b->listener.held.empty();
  });
  // What stays is not revoked.
  std::set<Partition> revoked;
  for (const auto& event : a->listener.events) {
    if (event.kind != Kind::kRevoked) continue;
    revoked.insert(event.partitions.begin(), event.partitions.end());
  }
  EXPECT_THAT(revoked, SizeIs(kPartitions / 2));
}

TEST_P(LogConformanceTest, MemberCooperativeKeepsPositionsOfWhatStays) {
  for (int32_t p = 0; p < kPartitions; ++p) Produce(input_, Partition(p), "v");
  auto a = Join("a", "", /*cooperative=*/true);
  ASSERT_TRUE(PollUntilShared({a.get()}));
  for (int32_t p = 0; p < kPartitions; ++p) {
    ASSERT_THAT(Resume(a.get(), Partition(p), Offset(0)), IsOk());
    ASSERT_TRUE(PollUntilDelivered(a.get(), Partition(p), 1));
  }
  auto b = Join("b", "", /*cooperative=*/true);
  ASSERT_TRUE(PollUntilShared({a.get(), b.get()}));
  for (int32_t p = 0; p < kPartitions; ++p) Produce(input_, Partition(p), "v");
  const Partition kept = *a->listener.held.begin();
  ASSERT_TRUE(PollUntilDelivered(a.get(), kept, 2));
  ASSERT_TRUE(PollQuietly({a.get(), b.get()}));
  for (int32_t p = 0; p < kPartitions; ++p) {
    const bool stays = a->listener.held.count(Partition(p)) > 0;
    EXPECT_THAT(a->Offsets(Partition(p)), SizeIs(stays ? 2 : 1));
  }
  EXPECT_THAT(b->delivered, IsEmpty()) << "assigned paused";
}

TEST_P(LogConformanceTest, MemberMayCommitInRevoked) {
  for (const bool cooperative : {false, true}) {
    SCOPED_TRACE(cooperative ? "cooperative" : "eager");
    const std::string name = cooperative ? "c" : "e";
    auto transaction = OpenTransaction(world_->Unique("id"));
    auto a = Join("a" + name, "", cooperative);
    ASSERT_TRUE(PollUntilShared({a.get()}));
    absl::Status committed = absl::UnknownError("not revoked");
    a->listener.on_revoked = [&] {
      committed = WriteAndCommit(transaction.get(), a.get(), "v",
                                 Offset(cooperative ? 8 : 7));
    };
    auto b = Join("b" + name, "", cooperative);
    ASSERT_TRUE(PollUntilShared({a.get(), b.get()}));
    EXPECT_THAT(committed, IsOk());
    EXPECT_EQ(CommittedOffset(b.get(), kP0), Offset(cooperative ? 8 : 7));
    a->listener.on_revoked = [] {};
    EXPECT_THAT(a->log->Close(), IsOk());
    EXPECT_THAT(b->log->Close(), IsOk());
  }
}

TEST_P(LogConformanceTest, MemberCloseHandsOver) {
  auto transaction = OpenTransaction(world_->Unique("id"));
  auto a = Join("a");
  ASSERT_TRUE(PollUntilShared({a.get()}));
  absl::Status committed = absl::UnknownError("not revoked");
  a->listener.on_revoked = [&] {
    committed = WriteAndCommit(transaction.get(), a.get(), "v", Offset(7));
  };
  EXPECT_THAT(a->log->Close(), IsOk());
  EXPECT_THAT(committed, IsOk());
  EXPECT_THAT(a->listener.held, IsEmpty());
  EXPECT_FALSE(Saw(*a, Kind::kLost));
  auto b = Join("b");
  ASSERT_TRUE(PollUntilShared({b.get()}));
  EXPECT_EQ(CommittedOffset(b.get(), kP0), Offset(7));
}

TEST_P(LogConformanceTest, MemberStaticComesBackToItsPlace) {
  auto a = Join("a", "instance-a");
  auto b = Join("b", "instance-b");
  ASSERT_TRUE(PollUntilShared({a.get(), b.get()}));
  EXPECT_EQ(a->log->Token().value().instance, "instance-a");
  const std::set<Partition> place = a->listener.held;
  const size_t events = b->listener.events.size();
  ASSERT_THAT(a->log->Close(), IsOk());
  EXPECT_THAT(a->listener.held, IsEmpty());
  ASSERT_TRUE(PollQuietly({b.get()}));
  auto again = Join("a2", "instance-a");
  ASSERT_TRUE(PollUntilShared({again.get(), b.get()}));
  EXPECT_EQ(again->listener.held, place);
  EXPECT_THAT(b->listener.events, SizeIs(events)) << "nothing moved";
}

TEST_P(LogConformanceTest, MemberStaticIsFencedByItsSuccessor) {
  auto transaction = OpenTransaction(world_->Unique("id"));
  auto old = Join("old", "instance");
  ASSERT_TRUE(PollUntilShared({old.get()}));
  const auto token = old->log->Token();
  ASSERT_THAT(token, IsOk());
  auto young = Join("young", "instance");
  ASSERT_TRUE(PollUntilShared({young.get()}));

  ASSERT_THAT(transaction->Begin(), IsOk());
  EXPECT_THAT(transaction->AddOffsets({{kP0, Offset(9)}}, *token),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(transaction->Abort(), IsOk());
  absl::Status status;
  world_->Eventually([&] {
    status = Poll(old.get());
    return !status.ok();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(old->log->Token(), Not(IsOk()));
  EXPECT_THAT(old->listener.held, IsEmpty());
  EXPECT_FALSE(Saw(*old, Kind::kRevoked)) << "too late to commit: lost";
  EXPECT_EQ(CommittedOffset(young.get(), kP0), absl::nullopt);
  EXPECT_THAT(Poll(young.get()), IsOk());
}

TEST_P(LogConformanceTest, MemberForgottenLosesAllAndMayComeBack) {
  auto transaction = OpenTransaction(world_->Unique("id"));
  auto a = Join("a", "", false, /*forgettable=*/true);
  ASSERT_TRUE(PollUntilShared({a.get()}));
  const auto token = a->log->Token();
  ASSERT_THAT(token, IsOk());
  world_->Forget(a->spec);
  auto b = Join("b");
  ASSERT_TRUE(PollUntilShared({b.get()}));

  // The zombie, with what it knew and with what it can know.
  EXPECT_THAT(WriteAndCommit(transaction.get(), a.get(), "v", Offset(9)),
              StatusIs(absl::StatusCode::kAborted));
  ASSERT_THAT(transaction->Begin(), IsOk());
  EXPECT_THAT(transaction->AddOffsets({{kP0, Offset(9)}}, *token),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(transaction->Abort(), IsOk());
  EXPECT_EQ(CommittedOffset(b.get(), kP0), absl::nullopt);
  EXPECT_THAT(ReadAll(results_, kP0), IsEmpty());

  ASSERT_TRUE(PollUntilShared({a.get(), b.get()})) << "it came back";
  EXPECT_TRUE(Saw(*a, Kind::kLost));
  EXPECT_FALSE(Saw(*a, Kind::kRevoked));
  ExpectOrderly(*a);
}

}  // namespace
}  // namespace exactmean
