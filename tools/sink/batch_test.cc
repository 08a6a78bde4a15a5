// What is written together, and what waits.

#include "tools/sink/batch.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Change Of(const std::string& key, int64_t offset, int32_t partition = 0) {
  Change change;
  change.partition = Partition(partition);
  change.offset = Offset(offset);
  change.text = key;
  return change;
}

std::vector<std::string> Texts(const std::vector<Change>& changes) {
  std::vector<std::string> texts;
  for (const Change& change : changes) {
    texts.push_back(absl::StrCat(change.text, "@", change.partition.value(),
                                 ":", change.offset.value()));
  }
  return texts;
}

TEST(BatchTest, HoldsTheNewestChangeOfEachKey) {
  Batch batch;
  batch.Add(Of("b", 1));
  batch.Add(Of("a", 2));
  batch.Add(Of("b", 3));
  batch.EndCommit(Partition(0), Offset(5));
  batch.Add(Of("a", 6));
  batch.EndCommit(Partition(0), Offset(8));
  EXPECT_EQ(batch.whole(), 2u);
  EXPECT_EQ(batch.held(), 2u);
  EXPECT_THAT(Texts(batch.Take()), ElementsAre("a@0:6", "b@0:3"));
  EXPECT_THAT(batch.positions(), ElementsAre(Pair(Partition(0), Offset(8))));
  EXPECT_EQ(batch.held(), 0u);
  EXPECT_EQ(batch.bytes(), 0u);
}

TEST(BatchTest, AKeyOfTwoPartitionsIsTwo) {
  Batch batch;
  batch.Add(Of("a", 1, 1));
  batch.Add(Of("a", 9, 0));
  batch.EndCommit(Partition(0), Offset(10));
  batch.EndCommit(Partition(1), Offset(2));
  EXPECT_THAT(Texts(batch.Take()), ElementsAre("a@0:9", "a@1:1"));
}

TEST(BatchTest, WhatFollowsTheLastCheckpointWaits) {
  Batch batch;
  batch.Add(Of("a", 1));
  batch.EndCommit(Partition(0), Offset(3));
  batch.Add(Of("a", 4));
  batch.Add(Of("b", 5));
  batch.Advance(Partition(0), Offset(6));
  EXPECT_EQ(batch.whole(), 1u);
  EXPECT_EQ(batch.held(), 3u);
  EXPECT_THAT(batch.positions(), ElementsAre(Pair(Partition(0), Offset(3))));
  EXPECT_THAT(Texts(batch.Take()), ElementsAre("a@0:1"));
  EXPECT_THAT(Texts(batch.Take()), IsEmpty());
  batch.EndCommit(Partition(0), Offset(7));
  EXPECT_THAT(Texts(batch.Take()), ElementsAre("a@0:4", "b@0:5"));
  EXPECT_THAT(batch.positions(), ElementsAre(Pair(Partition(0), Offset(7))));
}

TEST(BatchTest, PositionsGoOnWhereThereIsNothingToRead) {
  Batch batch;
  batch.Advance(Partition(0), Offset(3));
  batch.Advance(Partition(0), Offset(2));
  EXPECT_THAT(batch.positions(), ElementsAre(Pair(Partition(0), Offset(3))));
  batch.Add(Of("a", 4));
  batch.EndCommit(Partition(0), Offset(6));
  batch.Advance(Partition(0), Offset(7));
  EXPECT_THAT(batch.positions(), ElementsAre(Pair(Partition(0), Offset(7))));
}

TEST(BatchTest, ACutTakesWhatIsThere) {
  Batch batch;
  batch.Add(Of("a", 1));
  batch.Add(Of("a", 2));
  batch.Add(Of("b", 3, 1));
  batch.Advance(Partition(2), Offset(9));
  batch.CutAnywhere();
  EXPECT_THAT(batch.positions(), ElementsAre(Pair(Partition(0), Offset(3)),
                                             Pair(Partition(1), Offset(4)),
                                             Pair(Partition(2), Offset(9))));
  EXPECT_THAT(Texts(batch.Take()), ElementsAre("a@0:2", "b@1:3"));
  EXPECT_EQ(batch.bytes(), 0u);
}

}  // namespace
}  // namespace exactmean
