// Restoring what was written without transactions: steps half done, former
// owners that wrote late, and what the guard of each key is for.

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// The results partition in the order of its offsets.
struct Written {
  std::string key;
  absl::optional<std::string> value;
  absl::optional<Offset> deleted_at;
};
using OrderedLog = std::vector<Written>;

class PlainRestoreTest : public PartitionStateTest {
 protected:
  static OrderedLog StepOf(PartitionState* state) {
    const ChangeSet changes = state->Changes("writer");
    state->MarkCommitted();
    OrderedLog step;
    for (size_t i = 0; i < changes.size(); ++i) {
      Written record;
      record.key = std::string(changes.key(i));
      if (changes.value(i).has_value()) {
        record.value = std::string(*changes.value(i));
      } else {
        record.deleted_at = changes.deleted_at(i);
      }
      step.push_back(record);
    }
    step.push_back({std::string(kCheckpointKey),
                    std::string(changes.checkpoint()), absl::nullopt});
    return step;
  }
  static void Add(const OrderedLog& step, OrderedLog* log) {
    log->insert(log->end(), step.begin(), step.end());
  }
  static absl::StatusOr<bool> Read(const OrderedLog& log,
                                   PartitionState* state) {
    for (const Written& record : log) {
      absl::optional<absl::string_view> value;
      if (record.value.has_value()) value = *record.value;
      const absl::Status status =
          state->Restore(record.key, value, record.deleted_at);
      if (!status.ok()) return status;
    }
    return state->FinishRestore();
  }
  // The input: offset 0 "a", 1 "b", then what a test adds.
  PartitionState Begun(OrderedLog* log) {
    PartitionState state(&alo_, kPartition);
    state.StartEmpty(Offset(0));
    Fold(0, 2, &state);
    *log = StepOf(&state);
    return state;
  }
  // "a" at even offsets, "b" at odd ones; at 7 "b" is deleted.
  static void Fold(int64_t from, int64_t to, PartitionState* state) {
    for (int64_t o = from; o < to; ++o) {
      if (o == 7) {
        state->Delete(Offset(o), "b");
      } else {
        state->Apply(Offset(o), o % 2 == 0 ? "a" : "b",
                     At(static_cast<double>(o) + 0.5));
      }
    }
  }
  // One that has folded all of it in one go.
  Log OneGo(int64_t to) {
    PartitionState state(&alo_, kPartition);
    state.StartEmpty(Offset(0));
    Fold(0, to, &state);
    Log log;
    Commit(&state, &log);
    log.erase(std::string(kCheckpointKey));
    return log;
  }
  static Log Snapshots(PartitionState* state) {
    Log log;
    state->VisitSnapshots(
        [](absl::string_view) { return true; },
        [&](absl::string_view key, absl::string_view snapshot) {
          log[std::string(key)] = std::string(snapshot);
        });
    return log;
  }

  const Pipeline alo_{TestSpec(), TestIdentity(), DeliveryMode::kAtLeastOnce};
};

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

TEST_F(PlainRestoreTest, WhatAFormerOwnerWritesLateIsReplaced) {
  OrderedLog log;
  PartitionState former = Begun(&log);
  PartitionState owner(&alo_, kPartition);
  ASSERT_THAT(Read(log, &owner), IsOkAndHolds(true));
  Fold(2, 4, &former);
  const OrderedLog late = StepOf(&former);
  Fold(2, 10, &owner);
  Add(StepOf(&owner), &log);
  Add(late, &log);  // both keys, and a checkpoint, of offset 4

  PartitionState restored(&alo_, kPartition);
  ASSERT_THAT(Read(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.next_offset(), Offset(10));
  EXPECT_TRUE(restored.beyond().proven);
  EXPECT_EQ(restored.beyond().stale, 3u);
  EXPECT_EQ(Snapshots(&restored), OneGo(10));
  ASSERT_TRUE(restored.changed());
  const OrderedLog mended = StepOf(&restored);
  EXPECT_EQ(mended.size(), 3u);
  Add(mended, &log);
  PartitionState again(&alo_, kPartition);
  ASSERT_THAT(Read(log, &again), IsOkAndHolds(true));
  EXPECT_EQ(again.beyond().stale, 0u);
  // And a reader of the log alone sees the same.
  Log seen;
  for (const Written& record : log) {
    if (record.value.has_value()) {
      seen[record.key] = *record.value;
    } else {
      seen.erase(record.key);
    }
  }
  seen.erase(std::string(kCheckpointKey));
  EXPECT_EQ(seen, OneGo(10));
}

TEST_F(PlainRestoreTest, ALateTombstoneOrAStraySnapshotIsReplaced) {
  OrderedLog log;
  PartitionState former = Begun(&log);
  PartitionState owner(&alo_, kPartition);
  ASSERT_THAT(Read(log, &owner), IsOkAndHolds(true));
  Fold(2, 8, &former);  // "b" is deleted at 7
  const OrderedLog late = StepOf(&former);
  Fold(2, 10, &owner);  // and back at 9
  Add(StepOf(&owner), &log);
  OrderedLog with_tombstone = log;
  for (const Written& record : late) {
    if (record.key == "b") with_tombstone.push_back(record);
  }
  ASSERT_GT(with_tombstone.size(), log.size());
  PartitionState restored(&alo_, kPartition);
  ASSERT_THAT(Read(with_tombstone, &restored), IsOkAndHolds(true));
  EXPECT_EQ(Snapshots(&restored), OneGo(10));
  EXPECT_EQ(StepOf(&restored).size(), 2u);  // "b", checkpoint

  // The other way round: the owner has deleted it, and an older one comes.
  OrderedLog deleted;
  PartitionState second = Begun(&deleted);
  PartitionState slow = Begun(&deleted);
  Fold(2, 6, &slow);
  Fold(2, 8, &second);
  Add(StepOf(&second), &deleted);
  for (const Written& record : StepOf(&slow)) {
    if (record.key == "b") deleted.push_back(record);
  }
  PartitionState without(&alo_, kPartition);
  ASSERT_THAT(Read(deleted, &without), IsOkAndHolds(true));
  EXPECT_EQ(without.live_keys(), 1u);
  const OrderedLog mended = StepOf(&without);
  ASSERT_EQ(mended.size(), 2u);
  EXPECT_EQ(mended[0].key, "b");
  EXPECT_FALSE(mended[0].value.has_value());
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
