// What is committed where processors work without transactions: half steps, and
// what an owner writes that has lost the partition.

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/records/plain_log_testing.h"
#include "tools/inspect/replay/committed_state.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

CommittedState StateOf(PlainLog* log, absl::string_view unwanted = "none") {
  auto states = ReadCommittedStates(
      &log->results_reader(), {Partition(0)}, log->Options(),
      [&](absl::string_view key) { return key != unwanted; });
  EXPECT_THAT(states, IsOk());
  return std::move(states->at(Partition(0)));
}

std::map<std::string, std::string> SnapshotsOf(const CommittedState& state) {
  std::map<std::string, std::string> snapshots;
  state.keys.ForEach(
      [&](const std::string& key, const StoredSnapshots::Entry& entry) {
        snapshots[key] = std::string(entry.snapshot);
      });
  return snapshots;
}

TEST(PlainStateTest, WhatAFormerOwnerWritesLateIsNotBelieved) {
  for (const int64_t late : {4, 8}) {  // with "b", and with its tombstone
    PlainLog log;
    log.WriteWithLate(late);
    const CommittedState state = StateOf(&log);
    ASSERT_TRUE(state.checkpoint.has_value());
    EXPECT_EQ(state.checkpoint->next_offset(), 10);
    EXPECT_EQ(SnapshotsOf(state), log.OneGo(10));
    EXPECT_EQ(WhyUnsettled(state), "");
  }
}

// Of who asks for a part of the keys: as if it had asked for all.
TEST(PlainStateTest, WhatIsWrittenLateOfKeysThatNobodyAskedFor) {
  for (const char* unwanted : {"a", "b"}) {
    for (const int64_t late : {4, 8}) {
      PlainLog log;
      log.WriteWithLate(late);
      const CommittedState state = StateOf(&log, unwanted);
      EXPECT_EQ(WhyUnsettled(state), "") << unwanted << late;
      EXPECT_EQ(state.keys.Find(unwanted), nullptr);
    }
  }
}

// Its rest comes while it is waited for.
TEST(PlainStateTest, AStepThatIsBeingWrittenIsAwaited) {
  PlainLog log;
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  log.Fold(8, owner.get());
  PlainLog::Step step = PlainLog::StepOf(owner.get());
  PlainLog::Step rest(step.begin() + 1, step.end());
  step.resize(1);
  log.Write(step);
  class Writing : public ClusterClock {
   public:
    Writing(PlainLog* log, PlainLog::Step* rest)
        : ClusterClock(&log->cluster()), log_(log), rest_(rest) {}
    void Sleep(absl::Duration duration) override {
      ClusterClock::Sleep(duration);
      if (++sleeps_ != 3) return;
      log_->Write(*rest_);
    }

   private:
    PlainLog* const log_;
    PlainLog::Step* const rest_;
    int sleeps_ = 0;
  } clock(&log, &rest);
  ScanOptions options = log.Options();
  options.clock = &clock;
  const auto states = ReadCommittedStates(&log.results_reader(), {Partition(0)},
                                          options, [](auto) { return true; });
  ASSERT_THAT(states, IsOk());
  const CommittedState& state = states->at(Partition(0));
  EXPECT_EQ(WhyUnsettled(state), "");
  EXPECT_EQ(SnapshotsOf(state), log.OneGo(8));
}

TEST(PlainStateTest, AnOlderSnapshotOfADeletedKeyIsNotBelieved) {
  PlainLog log;
  log.ReceiveSome();
  const auto former = log.Owner(), owner = log.Owner();
  log.Fold(6, former.get());
  log.Commit(2, owner.get());
  log.Commit(8, owner.get());  // "b" is gone
  log.Write(PlainLog::StepOf(former.get()));
  const CommittedState state = StateOf(&log);
  EXPECT_EQ(SnapshotsOf(state), log.OneGo(8));
  EXPECT_EQ(state.keys.size(), 1u);
}

TEST(PlainStateTest, AHalfStepIsNoState) {
  PlainLog log;
  log.WriteWithHalf();
  EXPECT_THAT(WhyUnsettled(StateOf(&log)), HasSubstr("a step is being"));
}

// Its checkpoint does not end the step of another.
TEST(PlainStateTest, ALateCheckpointWithinAStep) {
  PlainLog log;
  log.WriteWithHalf();
  const auto former = log.Owner();
  log.Fold(4, former.get());
  log.Write(PlainLog::StepOf(former.get()));
  EXPECT_EQ(StateOf(&log).after_checkpoint, 1u);
}

// As a restore has it.
TEST(PlainStateTest, ABadCheckpointThatIsReplacedDoesNotMatter) {
  PlainLog log;
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  for (const absl::optional<std::string>& bad :
       {absl::optional<std::string>("none"), absl::optional<std::string>()}) {
    log.Write({{std::string(kCheckpointKey), bad, absl::nullopt}});
    EXPECT_THAT(
        ReadCommittedStates(&log.results_reader(), {Partition(0)},
                            log.Options(), [](auto) { return true; }),
        StatusIs(absl::StatusCode::kDataLoss, HasSubstr("partition 0, off")));
    log.Commit(owner->next_offset().value() + 2, owner.get());
    EXPECT_EQ(SnapshotsOf(StateOf(&log)),
              log.OneGo(owner->next_offset().value()));
  }
}

TEST(PlainStateTest, UnderTransactionsTheLastWordCounts) {
  PlainLog log(DeliveryMode::kExactlyOnce);
  log.WriteWithLate(4);  // as a rewind does
  const CommittedState state = StateOf(&log);
  EXPECT_EQ(state.checkpoint->next_offset(), 4);
  EXPECT_EQ(SnapshotsOf(state), log.OneGo(4));
}

}  // namespace
}  // namespace exactmean
