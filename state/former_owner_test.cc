// Restoring what was written without transactions, also by an owner that had
// lost the partition: of two records of a key the newer counts, whichever came
// later.

#include <string>

#include "gtest/gtest.h"
#include "state/plain_restore_testing.h"
#include "state/reserved_keys.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using FormerOwnerTest = PlainRestoreTest;

TEST_F(FormerOwnerTest, WhatAFormerOwnerWritesLateIsReplaced) {
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

TEST_F(FormerOwnerTest, ALateTombstoneOrAStraySnapshotIsReplaced) {
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

}  // namespace
}  // namespace exactmean
