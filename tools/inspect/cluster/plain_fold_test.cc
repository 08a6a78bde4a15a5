// PartitionFold on what processors without transactions leave.

#include <string>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/cluster/partition_fold.h"
#include "tools/inspect/records/plain_log_testing.h"

namespace exactmean {
namespace {

PartitionFold FoldOf(PlainLog* log) {
  PartitionFold fold;
  const auto stretches = CommittedPartitions(&log->results_reader(),
                                             {Partition(0)}, log->Options());
  EXPECT_THAT(stretches, IsOk());
  EXPECT_THAT(Scan(&log->results_reader(), *stretches, log->Options(),
                   [&](const LogRecord& record) {
                     fold.Accept(record);
                     return absl::OkStatus();
                   }),
              IsOk());
  return fold;
}

TEST(PlainFoldTest, AHalfStepWhoseOlderPartIsCompactedAway) {
  PlainLog log;
  log.WriteWithHalf();
  EXPECT_TRUE(FoldOf(&log).DigestVerified());
  EXPECT_FALSE(FoldOf(&log).TakenOnTrust());
  log.results().Compact({});
  EXPECT_FALSE(FoldOf(&log).DigestVerified());
  EXPECT_TRUE(FoldOf(&log).TakenOnTrust());
  EXPECT_EQ(FoldOf(&log).after_checkpoint(), 1u);
}

TEST(PlainFoldTest, AHalfStepThatDeletes) {
  PlainLog log;
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(6, owner.get());
  log.Fold(8, owner.get());
  PlainLog::Step step = PlainLog::StepOf(owner.get());
  for (const PlainLog::Written& record : step) {
    if (record.key == "b") log.Write({record});
  }
  log.results().Compact({});
  EXPECT_FALSE(FoldOf(&log).DigestVerified());
  EXPECT_TRUE(FoldOf(&log).TakenOnTrust());
}

TEST(PlainFoldTest, WhatIsMissingForNoReasonIsNotTakenOnTrust) {
  PlainLog log;
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Fold(10, owner.get());
  PlainLog::Step step = PlainLog::StepOf(owner.get());
  step.erase(step.begin());
  log.Write(step);
  EXPECT_FALSE(FoldOf(&log).DigestVerified());
  EXPECT_FALSE(FoldOf(&log).TakenOnTrust());
}

TEST(PlainFoldTest, LateRecordsCountForNothing) {
  for (const int64_t late : {4, 8}) {
    PlainLog log;
    log.ReceiveSome();
    const auto former = log.Owner(), owner = log.Owner();
    log.Fold(2, former.get());
    PlainLog::StepOf(former.get());
    log.Fold(late, former.get());
    log.Commit(10, owner.get());
    log.Write(PlainLog::StepOf(former.get()));
    EXPECT_EQ(FoldOf(&log).after_checkpoint(), 0u);
    log.Commit(11, owner.get());  // "a" alone
    EXPECT_TRUE(FoldOf(&log).DigestVerified()) << late;
    EXPECT_EQ(FoldOf(&log).checkpoint()->next_offset(), 11);
  }
}

// Behind a deletion of which compaction has left no earlier checkpoint, too.
TEST(PlainFoldTest, ALateRecordOfAKeyDeletedBeforeTheOnlyCheckpoint) {
  PlainLog log;
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Fold(2, owner.get());
  PlainLog::Step late = PlainLog::StepOf(owner.get());
  late = {late[1]};
  ASSERT_EQ(late[0].key, "b");
  log.Commit(8, owner.get());
  log.Write(late);
  log.Commit(9, owner.get());
  EXPECT_TRUE(FoldOf(&log).DigestVerified());
  EXPECT_EQ(FoldOf(&log).checkpoint()->next_offset(), 9);
}

}  // namespace
}  // namespace exactmean
