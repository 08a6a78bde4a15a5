// Explanations where processors work without transactions: half steps, lost
// records, and what an owner writes that has lost the partition.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/explain/explain.h"
#include "tools/inspect/explain/key_history.h"
#include "tools/inspect/explain/render_explanation.h"
#include "tools/inspect/explain/render_history.h"
#include "tools/inspect/records/plain_log_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

KeyHistory HistoryOf(PlainLog* log, const std::string& key) {
  const auto stretches = CommittedPartitions(&log->results_reader(),
                                             {Partition(0)}, log->Options());
  EXPECT_THAT(stretches, IsOk());
  const auto histories = ReadKeyHistories(&log->results_reader(), *stretches,
                                          {key}, log->Options());
  EXPECT_THAT(histories, IsOk());
  return histories.ok() ? histories->at(0) : KeyHistory();
}

Explanation ExplainKey(PlainLog* log, const std::string& key,
                       uint64_t max_records = 0) {
  ExplainOptions options;
  options.max_records = max_records;
  options.spec = log->pipeline().spec;
  options.reading.source.format = SourceSpec::Format::kNumber;
  options.scan = log->Options();
  const auto explanation =
      Explain(&log->input_reader(), HistoryOf(log, key), options);
  EXPECT_THAT(explanation, IsOk());
  return explanation.ok() ? *explanation : Explanation();
}

TEST(PlainExplainTest, AKeyAheadOfItsCheckpoint) {
  PlainLog log;
  log.WriteWithHalf();
  const Explanation e = ExplainKey(&log, "a");
  EXPECT_EQ(e.read_to, Offset(11));
  EXPECT_THAT(e.windows, SizeIs(2));
  for (const WindowExplanation& window : e.windows) {
    EXPECT_EQ(window.verdict, Verdict::kAgrees) << window.window.name;
  }
  EXPECT_TRUE(e.complete);
  EXPECT_THAT(ExplanationText(e, Terminal(), 0),
              HasSubstr("ahead of its checkpoint, 10"));
  EXPECT_EQ(ExplainKey(&log, "b").read_to, Offset(10));
}

// The checkpoint's stream time does not tell who is late behind it.
TEST(PlainExplainTest, ARecordThatIsLateAheadOfTheCheckpoint) {
  StateSpec spec = PlainLog::Spec();
  spec.grace_us = 2000000;
  PlainLog log(DeliveryMode::kAtLeastOnce, spec);
  log.ReceiveSome(10);
  log.Receive("b", 10, 100);
  log.Receive("a", 11, 11);  // late
  log.Receive("a", 12, 101);
  const auto owner = log.Owner();
  log.Commit(10, owner.get());
  log.Fold(13, owner.get());
  log.WriteHalf(PlainLog::StepOf(owner.get()));
  for (const uint64_t max_records : {0, 1, 2, 5}) {
    const Explanation e = ExplainKey(&log, "a", max_records);
    EXPECT_FALSE(e.Differs()) << ExplanationText(e, Terminal(), 0);
    EXPECT_THAT(e.others, SizeIs(1)) << max_records;
  }
}

TEST(PlainExplainTest, AKeyDeletedAheadOfItsCheckpoint) {
  PlainLog log;
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(6, owner.get());
  log.Fold(8, owner.get());
  log.WriteHalf(PlainLog::StepOf(owner.get()));
  const Explanation e = ExplainKey(&log, "b");
  EXPECT_FALSE(e.snapshot.has_value());
  EXPECT_FALSE(e.Differs());
  EXPECT_THAT(ExplanationText(e, Terminal(), 0),
              HasSubstr("deleted by the input record at offset 7"));
}

TEST(PlainExplainTest, WhatWasLostIsNotADifference) {
  PlainLog log(DeliveryMode::kAtMostOnce);
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  owner->PassLost(Offset(5));  // of "a"
  log.Commit(5, owner.get());
  const Explanation missed = ExplainKey(&log, "a");
  EXPECT_THAT(missed.missed, SizeIs(1));
  EXPECT_FALSE(missed.Differs());
  EXPECT_THAT(ExplanationText(missed, Terminal(), 0),
              AllOf(HasSubstr("lost: 1 record,"), Not(HasSubstr("MISSED"))));
  log.Commit(7, owner.get());
  const Explanation e = ExplainKey(&log, "a");
  EXPECT_FALSE(e.Differs());
  EXPECT_EQ(e.windows[0].verdict, Verdict::kUndecided);
  EXPECT_FALSE(e.Decided());
  EXPECT_THAT(ExplanationText(e, Terminal(), 0),
              HasSubstr("undecided: AT_MOST_ONCE has lost up to 1 record of"));
}

TEST(PlainExplainTest, MoreMissedThanLostIsADifference) {
  Explanation e;
  e.lost = 1;
  e.missed.resize(1);
  EXPECT_FALSE(e.Differs());
  e.missed.resize(2);
  EXPECT_TRUE(e.Differs());
}

TEST(PlainExplainTest, WhatAFormerOwnerWritesLateIsLeftOut) {
  for (const int64_t late : {4, 8}) {
    PlainLog log;
    log.WriteWithLate(late);
    const KeyHistory b = HistoryOf(&log, "b");
    EXPECT_THAT(b.versions, SizeIs(1));
    EXPECT_EQ(b.late, 1u);
    EXPECT_EQ(b.checkpoint->next_offset(), 10);
    EXPECT_THAT(HistoryText(b, Terminal(), false, 0),
                HasSubstr("1 record left out"));
    EXPECT_FALSE(ExplainKey(&log, "a").Differs());
    EXPECT_FALSE(ExplainKey(&log, "b").Differs());
  }
}

TEST(PlainExplainTest, ABadCheckpointThatIsReplacedDoesNotMatter) {
  PlainLog log(DeliveryMode::kExactlyOnce);
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  log.Write({{std::string(kCheckpointKey), "none", absl::nullopt}});
  log.Commit(10, owner.get());
  EXPECT_EQ(HistoryOf(&log, "a").checkpoint->next_offset(), 10);
}

}  // namespace
}  // namespace exactmean
