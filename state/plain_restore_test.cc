// Restoring what was written without transactions: steps half done, and what
// the guard of each key is for.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
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

// Compaction leaves of the checkpoints the last one, behind the tombstones:
// what a former owner writes after that is old all the same.
TEST_F(PlainRestoreTest, AKeyDeletedBeforeTheOnlyCheckpointDoesNotComeBack) {
  OrderedLog log;
  PartitionState state = Begun(&log);
  const Written late = log[1];
  ASSERT_EQ(late.key, "b");
  Fold(2, 8, &state);
  const OrderedLog compacted = StepOf(&state);  // "a", "b" is gone, checkpoint
  ASSERT_EQ(compacted.size(), 3u);
  for (const bool goes_on : {false, true}) {
    log = compacted;
    log.push_back(late);
    if (goes_on) {
      Fold(8, 9, &state);
      Add(StepOf(&state), &log);
    }
    PartitionState restored(&alo_, kPartition);
    ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
    EXPECT_EQ(restored.live_keys(), 1u);
    EXPECT_EQ(restored.beyond().stale, 1u);
    EXPECT_EQ(Snapshots(&restored), OneGo(goes_on ? 9 : 8));
  }
}

TEST_F(PlainRestoreTest, WhatIsMissingIsNoticedUnlessAStepIsHalfDone) {
  OrderedLog log;
  PartitionState state = Begun(&log);
  OrderedLog without = log;
  without.erase(without.begin());
  PartitionState restored(&alo_, kPartition);
  EXPECT_THAT(Read(without, &restored),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("1 key,")));
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

// With keys that are forgotten when their newest time is 10 behind.
class IdleKeyRestoreTest : public PlainRestoreTest {
 protected:
  struct Record {
    absl::string_view key;
    int64_t time;
  };
  static StateSpec IdleSpec() {
    StateSpec spec = TestSpec();
    spec.idle_key_ttl_us = 10;
    return spec;
  }
  // Of an input from offset 0 on.
  static void FoldOf(const std::vector<Record>& input, size_t from, size_t to,
                     PartitionState* state) {
    for (size_t i = from; i < to; ++i) {
      state->Apply(Offset(static_cast<int64_t>(i)), input[i].key,
                   At(1, input[i].time));
    }
  }
  // One that has folded the first record, which is in the log.
  PartitionState BegunOf(const std::vector<Record>& input, OrderedLog* log) {
    PartitionState state(&idle_, kPartition);
    state.StartEmpty(Offset(0));
    FoldOf(input, 0, 1, &state);
    *log = StepOf(&state);
    return state;
  }
  static OrderedLog Of(absl::string_view key, const OrderedLog& step) {
    OrderedLog found;
    for (const Written& record : step) {
      if (record.key == key) found.push_back(record);
    }
    return found;
  }
  // One by whose step "k", which is in the log, is gone; `late` is what a
  // former owner, who does not know of that, writes of it.
  PartitionState OwnerAfterAFormerOne(OrderedLog* log, OrderedLog* step,
                                      OrderedLog* late) {
    const std::vector<Record> input = {{"k", 0}, {"k", 5}, {"x", 100}};
    PartitionState owner = BegunOf(input, log);
    PartitionState former(&idle_, kPartition);
    EXPECT_THAT(Read(*log, &former), IsOkAndHolds(true));
    FoldOf(input, 1, 2, &former);
    FoldOf(input, 1, 3, &owner);
    *step = StepOf(&owner);
    *late = Of("k", StepOf(&former));
    return owner;
  }

  const Pipeline idle_{IdleSpec(), TestIdentity(), DeliveryMode::kAtLeastOnce};
};

// It is not idle again before the fold has come to where it came back.
TEST_F(IdleKeyRestoreTest, OneThatCameBackAheadWithAnOldTime) {
  const std::vector<Record> input = {
      {"k", 0}, {"x", 100}, {"x", 200}, {"k", 50}, {"x", 200}};
  OrderedLog log;
  PartitionState state = BegunOf(input, &log);
  FoldOf(input, 1, 4, &state);
  Add(Of("k", StepOf(&state)), &log);
  PartitionState restored(&idle_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  FoldOf(input, 1, 5, &restored);
  FoldOf(input, 4, 5, &state);
  EXPECT_EQ(Snapshots(&restored), Snapshots(&state));
  EXPECT_EQ(restored.live_keys(), 2u);
}

// It was there until the record that made time move on: without that record the
// state is not whole.
TEST_F(IdleKeyRestoreTest, OneThatIsGoneAheadIsSoByTheRecordThatMadeItIdle) {
  for (const absl::string_view second : {"k", "y"}) {
    const std::vector<Record> input = {{"k", 0}, {second, 5}, {"x", 100}};
    OrderedLog log;
    PartitionState state = BegunOf(input, &log);
    FoldOf(input, 1, 3, &state);
    const OrderedLog gone = Of("k", StepOf(&state));
    ASSERT_EQ(gone.size(), 1u);
    EXPECT_EQ(gone[0].deleted_at, Offset(2));
    Add(gone, &log);
    PartitionState restored(&idle_, kPartition);
    ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
    EXPECT_EQ(restored.next_offset(), Offset(1));
    FoldOf(input, 1, 2, &restored);
    EXPECT_FALSE(restored.whole()) << second;
    FoldOf(input, 2, 3, &restored);
    EXPECT_TRUE(restored.whole());
    EXPECT_EQ(Snapshots(&restored), Snapshots(&state));
  }
}

// What a former owner wrote of its last record is older than its end.
TEST_F(IdleKeyRestoreTest, OneThatIsGoneDoesNotComeBackByAFormerOwner) {
  OrderedLog log, step, late;
  PartitionState owner = OwnerAfterAFormerOne(&log, &step, &late);
  Add(step, &log);
  Add(late, &log);
  PartitionState restored(&idle_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.beyond().stale, 1u);
  EXPECT_TRUE(restored.AveragesOf("k").empty());
  EXPECT_EQ(Snapshots(&restored), Snapshots(&owner));
  // And the log is mended by a tombstone that tells the same.
  const OrderedLog mended = Of("k", StepOf(&restored));
  ASSERT_EQ(mended.size(), 1u);
  EXPECT_EQ(mended[0].deleted_at, Offset(2));
}

// Where the fold passes what compaction took, too.
TEST_F(IdleKeyRestoreTest, OneThatIsGoneIsForgottenWhereNoRecordIs) {
  OrderedLog log, step, late;
  OwnerAfterAFormerOne(&log, &step, &late);
  Add(Of("k", step), &log);
  Add(late, &log);
  PartitionState restored(&idle_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  ASSERT_FALSE(restored.whole());
  restored.PassAbsent(Offset(3));
  EXPECT_TRUE(restored.whole());
  StepOf(&restored);  // with the tombstone: the key is gone
  restored.Apply(Offset(3), "k", At(1));
  EXPECT_EQ(restored.AveragesOf("k")[1].count, 1u);
}

// The record that makes a key idle may be its own.
TEST_F(IdleKeyRestoreTest, OneThatBeginsAnewByItsOwnRecord) {
  const std::vector<Record> input = {{"k", 0}, {"k", 100}};
  OrderedLog log;
  PartitionState state = BegunOf(input, &log);
  FoldOf(input, 1, 2, &state);
  ASSERT_EQ(state.live_keys(), 1u);
  EXPECT_EQ(state.AveragesOf("k")[1].count, 1u);
  Add(Of("k", StepOf(&state)), &log);
  PartitionState restored(&idle_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  FoldOf(input, 1, 2, &restored);
  EXPECT_TRUE(restored.whole());
  EXPECT_EQ(Snapshots(&restored), Snapshots(&state));
}

}  // namespace
}  // namespace exactmean
