// States of offsets where processors work without transactions.

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/past/state_at.h"
#include "tools/inspect/records/plain_log_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

StateAt At(PlainLog* log, int64_t at) {
  ReplaySource source;
  source.pipeline = &log->pipeline();
  source.reading.source.format = SourceSpec::Format::kNumber;
  auto states =
      ReadStatesAt(source, {&log->results_reader(), &log->input_reader()},
                   {{Partition(0), {Offset(at), ""}}}, log->Options());
  EXPECT_THAT(states, IsOk());
  return states.ok() ? std::move(states->at(Partition(0))) : StateAt();
}

std::map<std::string, std::string> SnapshotsOf(const StateAt& answer) {
  std::map<std::string, std::string> snapshots;
  if (answer.state == nullptr) return snapshots;
  answer.state->VisitSnapshots(
      [](absl::string_view) { return true; },
      [&](absl::string_view key, absl::string_view snapshot) {
        snapshots[std::string(key)] = std::string(snapshot);
      });
  return snapshots;
}

TEST(PlainStateAtTest, WhatAFormerOwnerWritesLateIsNoHistory) {
  for (const int64_t late : {4, 8}) {
    PlainLog log;
    log.WriteWithLate(late);
    for (const int64_t at : {10, 6}) {
      EXPECT_EQ(SnapshotsOf(At(&log, at)), log.OneGo(at)) << late << " " << at;
    }
    EXPECT_EQ(At(&log, 10).label, AnswerLabel::kExact);
  }
}

// A deleted key whose older snapshot a former owner writes again.
TEST(PlainStateAtTest, TombstonesSayWhenTheyWereWritten) {
  PlainLog log;
  log.ReceiveSome();
  const auto former = log.Owner(), owner = log.Owner();
  log.Fold(6, former.get());
  log.Commit(2, owner.get());
  log.Commit(8, owner.get());
  PlainLog::Step late = PlainLog::StepOf(former.get());
  late.pop_back();
  log.Write(late);
  log.Fold(9, owner.get());
  log.Write(PlainLog::StepOf(owner.get()));
  const StateAt answer = At(&log, 9);
  EXPECT_EQ(answer.label, AnswerLabel::kExact);
  EXPECT_EQ(SnapshotsOf(answer), log.OneGo(9));
}

// The checkpoint of a former owner lies behind half a step.
TEST(PlainStateAtTest, AHalfStepIsNotOfTheCheckpointBeforeIt) {
  PlainLog log;
  log.WriteWithHalf();
  const auto former = log.Owner();
  log.Fold(4, former.get());
  log.Write(PlainLog::StepOf(former.get()));
  const StateAt answer = At(&log, 10);
  EXPECT_EQ(answer.label, AnswerLabel::kExact);
  EXPECT_EQ(SnapshotsOf(answer), log.OneGo(10));
}

TEST(PlainStateAtTest, WhatWasLostIsNotFoldedIn) {
  PlainLog log(DeliveryMode::kAtMostOnce);
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  owner->PassLost(Offset(6));
  log.Commit(10, owner.get());
  EXPECT_EQ(At(&log, 4).label, AnswerLabel::kExact);
  EXPECT_EQ(At(&log, 10).label, AnswerLabel::kExact);
  const StateAt between = At(&log, 8);
  EXPECT_EQ(between.label, AnswerLabel::kUnavailable);
  EXPECT_THAT(between.reason, HasSubstr("2 records lost"));
}

}  // namespace
}  // namespace exactmean
