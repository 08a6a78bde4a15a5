// Restoring what was written without transactions: steps half done, and what
// the guard of each key is for.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/plain_restore_testing.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

TEST_F(PlainRestoreTest, AStepHalfDoneIsFoldedInOnce) {
  OrderedLog log;
  PartitionState state = Begun(&log);
  Fold(2, 6, &state);
  OrderedLog half = StepOf(&state);
  half.resize(1);  // "a", after offset 4
  Add(half, &log);

  PartitionState restored(&alo_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.next_offset(), Offset(2));
  EXPECT_TRUE(restored.beyond().proven);
  EXPECT_EQ(restored.beyond().ahead, 1u);
  EXPECT_FALSE(restored.whole());
  Fold(2, 4, &restored);
  EXPECT_FALSE(restored.whole());
  Fold(4, 6, &restored);
  EXPECT_TRUE(restored.whole());
  EXPECT_EQ(Snapshots(&restored), OneGo(6));
  EXPECT_EQ(restored.dispositions().applied(), 6u);
  // The digest is the log's.
  Add(StepOf(&restored), &log);
  PartitionState again(&alo_, kPartition);
  ASSERT_THAT(Read(log, &again), IsOkAndHolds(true));
  EXPECT_TRUE(again.beyond().proven);
  EXPECT_EQ(again.beyond().ahead, 0u);
}

// What the guard is for: the same without it comes out wrong.
TEST_F(PlainRestoreTest, WithoutTheGuardRecordsAreCountedTwice) {
  OrderedLog log;
  PartitionState state = Begun(&log);
  Fold(2, 6, &state);
  OrderedLog half = StepOf(&state);
  half.resize(1);
  results::Snapshot snapshot;
  ASSERT_THAT(DecodeSnapshot(*half[0].value, &snapshot), IsOk());
  ASSERT_EQ(snapshot.last_offset(), 4);
  snapshot.set_last_offset(1);  // as if it did not say by which record
  half[0].value = EncodeResult(snapshot);
  Add(half, &log);

  PartitionState restored(&alo_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  Fold(2, 6, &restored);
  EXPECT_NE(Snapshots(&restored), OneGo(6));
  EXPECT_EQ(OneGo(6).size(), 2u);
}

TEST_F(PlainRestoreTest, AKeyDeletedAheadDoesNotComeBack) {
  OrderedLog log;
  PartitionState state = Begun(&log);
  Fold(2, 8, &state);
  for (const Written& record : StepOf(&state)) {
    if (record.key == "b") {
      EXPECT_EQ(record.deleted_at, Offset(7));
      log.push_back(record);
    }
  }
  PartitionState restored(&alo_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.whole_from(), Offset(8));
  Fold(2, 7, &restored);
  EXPECT_EQ(restored.live_keys(), 1u);
  Fold(7, 10, &restored);
  EXPECT_EQ(Snapshots(&restored), OneGo(10));
}

TEST_F(PlainRestoreTest, WhatIsMissingIsNoticedUnlessAStepIsHalfDone) {
  OrderedLog log;
  PartitionState state = Begun(&log);
  OrderedLog without = log;
  without.erase(without.begin());
  PartitionState restored(&alo_, kPartition);
  EXPECT_THAT(Read(without, &restored),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("keys")));
  // Compaction has left the newer one alone.
  Fold(2, 6, &state);
  without.push_back(StepOf(&state)[0]);
  PartitionState compacted(&alo_, kPartition);
  ASSERT_THAT(Read(without, &compacted), IsOkAndHolds(true));
  EXPECT_FALSE(compacted.beyond().proven);
  Fold(2, 6, &compacted);
  EXPECT_EQ(Snapshots(&compacted), OneGo(6));
  // Exactly once does not take it on trust.
  PartitionState strict(&pipeline_, kPartition);
  EXPECT_THAT(Read(without, &strict), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(PlainRestoreTest, LostRecordsAreCounted) {
  const Pipeline amo(TestSpec(), TestIdentity(), DeliveryMode::kAtMostOnce);
  PartitionState state(&amo, kPartition);
  state.StartEmpty(Offset(0));
  Fold(0, 2, &state);
  OrderedLog log = StepOf(&state);
  PartitionState restored(&amo, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  restored.PassLost(Offset(6));
  EXPECT_EQ(restored.dispositions().lost(), 4u);
  EXPECT_EQ(restored.next_offset(), Offset(6));
  Add(StepOf(&restored), &log);
  PartitionState again(&amo, kPartition);
  ASSERT_THAT(Read(log, &again), IsOkAndHolds(true));
  EXPECT_EQ(again.dispositions().applied(), 2u);
}

// A key that was idle and came back with an old time is not idle again before
// the fold has come to where it came back.
TEST_F(PlainRestoreTest, AnIdleKeyThatCameBackAhead) {
  StateSpec spec = TestSpec();
  spec.idle_key_ttl_us = 10;
  const Pipeline pipeline(spec, TestIdentity(), DeliveryMode::kAtLeastOnce);
  const auto fold = [](int64_t from, int64_t to, PartitionState* state) {
    const int64_t times[] = {0, 100, 200, 50, 200};
    const char* keys[] = {"k", "x", "x", "k", "x"};
    for (int64_t o = from; o < to; ++o) {
      state->Apply(Offset(o), keys[o], At(1, times[o]));
    }
  };
  PartitionState state(&pipeline, kPartition);
  state.StartEmpty(Offset(0));
  fold(0, 1, &state);
  OrderedLog log = StepOf(&state);
  fold(1, 4, &state);
  for (const Written& record : StepOf(&state)) {
    if (record.key == "k") log.push_back(record);
  }
  PartitionState restored(&pipeline, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  fold(1, 5, &restored);
  fold(4, 5, &state);
  EXPECT_EQ(Snapshots(&restored), Snapshots(&state));
  EXPECT_EQ(restored.live_keys(), 2u);
}

}  // namespace
}  // namespace exactmean
