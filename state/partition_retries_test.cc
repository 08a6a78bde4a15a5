// What goes to retry topics and comes back: counted, restored, and proven.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state_testing.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr RetryStep kSoon{0, "soon"}, kLater{1, "later"};

class PartitionRetriesTest : public PartitionStateTest {
 protected:
  PartitionState Begun() {
    PartitionState state = Empty();
    state.BeginRetries("soon", Offset(7));
    state.BeginRetries("later", Offset(0));
    return state;
  }
  static OwnedRecord Record() {
    OwnedRecord record;
    record.key = "a";
    return record;
  }
  static results::Snapshot SnapshotOf(const Log& log, const std::string& key) {
    results::Snapshot snapshot;
    EXPECT_THAT(DecodeSnapshot(log.at(key), &snapshot), IsOk());
    return snapshot;
  }
};

TEST_F(PartitionRetriesTest, EachEndsOnceAndIsTakenOverByARestore) {
  PartitionState state = Begun();
  for (int64_t i = 0; i < 6; ++i) state.SendToRetry(Offset(i), kSoon, Record());
  state.Apply(Offset(6), "a", At(1));
  EXPECT_EQ(state.dispositions().retried(), 6u);
  state.ApplyRetried({"soon", Offset(7), Offset(0)}, "a", At(2));
  state.FilterRetried({"soon", Offset(8), Offset(1)});
  state.SkipRetried({"soon", Offset(11), Offset(2)});
  state.AddDeadLetterRetried({"soon", Offset(12), Offset(3)}, Record());
  state.SendToRetryAgain({"soon", Offset(13), Offset(4)}, kLater, Record());
  EXPECT_EQ(state.retries().waiting(), 2u);
  EXPECT_EQ(state.retries().done(), 4u);
  Log log;
  Commit(&state, &log);
  PartitionState restored(&pipeline_, kPartition);
  ASSERT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.retries().waiting(), 2u);
  EXPECT_EQ(restored.retries().Find("soon")->next, Offset(14));
  EXPECT_EQ(restored.retries().Find("later")->waiting, 1u);
  EXPECT_EQ(restored.retries().outcomes().dead_lettered(), 1u);
  // The key knows how many of its records came late, and its guard is that of
  // the newest.
  const results::Snapshot snapshot = SnapshotOf(log, "a");
  EXPECT_EQ(snapshot.records(), 2u);
  EXPECT_EQ(snapshot.retried(), 1u);
  EXPECT_EQ(snapshot.last_offset(), 6);
  restored.ApplyRetried({"later", Offset(0), Offset(4)}, "a", At(3));
  Commit(&restored, &log);
  EXPECT_EQ(SnapshotOf(log, "a").retried(), 2u);
}

TEST_F(PartitionRetriesTest, AnAbortSendsThemAgain) {
  PartitionState state = Begun();
  state.SendToRetry(Offset(0), kLater, Record());
  state.Changes("w");
  state.SendToRetry(Offset(1), kSoon, Record());
  state.MarkAborted();
  const ChangeSet again = state.Changes("w");
  ASSERT_EQ(again.diverted().size(), 2u);
  EXPECT_EQ(again.diverted()[0]->retry_step, absl::optional<size_t>(1));
  EXPECT_EQ(again.diverted()[1]->retry_step, absl::optional<size_t>(0));
}

TEST_F(PartitionRetriesTest, ADeletedKeyForgetsWhatCameLate) {
  PartitionState state = Begun();
  state.SendToRetry(Offset(0), kSoon, Record());
  state.ApplyRetried({"soon", Offset(7), Offset(0)}, "a", At(2));
  state.Delete(Offset(1), "a");
  state.Apply(Offset(2), "a", At(5));
  Log log;
  Commit(&state, &log);
  EXPECT_EQ(SnapshotOf(log, "a").retried(), 0u);
}

// What is written does not depend on when it is.
TEST_F(PartitionRetriesTest, ADeletedKeyBeginsAnewWhenACommitWasAndWhenNot) {
  for (const bool committed : {true, false}) {
    PartitionState state = Begun();
    state.SendToRetry(Offset(0), kSoon, Record());
    state.Apply(Offset(1), "a", At(5));
    Log log;
    Commit(&state, &log);
    state.Delete(Offset(2), "a");
    if (committed) Commit(&state, &log);
    state.ApplyRetried({"soon", Offset(7), Offset(0)}, "a", At(2));
    Commit(&state, &log);
    const results::Snapshot snapshot = SnapshotOf(log, "a");
    EXPECT_EQ(snapshot.records(), 1u);
    EXPECT_EQ(snapshot.last_offset(), 0) << committed;
    PartitionState restored(&pipeline_, kPartition);
    EXPECT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  }
}

TEST_F(PartitionRetriesTest, GraceCountsForThemToo) {
  StateSpec spec = TestSpec();
  spec.grace_us = 10;
  const Pipeline pipeline(spec, TestIdentity());
  PartitionState state(&pipeline, kPartition);
  state.StartEmpty(Offset(0));
  state.BeginRetries("soon", Offset(0));
  state.SendToRetry(Offset(0), kSoon, Record());
  state.SendToRetry(Offset(1), kSoon, Record());
  state.Apply(Offset(2), "b", At(1, 100));
  EXPECT_EQ(state.ApplyRetried({"soon", Offset(0), Offset(0)}, "a", At(1, 89)),
            Disposition::kLate);
  EXPECT_EQ(state.ApplyRetried({"soon", Offset(1), Offset(1)}, "a", At(1, 90)),
            Disposition::kApplied);
  EXPECT_EQ(state.retries().outcomes().late(), 1u);
}

TEST_F(PartitionRetriesTest, AnAccountThatDoesNotAddUpIsNoState) {
  PartitionState state = Begun();
  state.SendToRetry(Offset(0), kSoon, Record());
  Log log;
  Commit(&state, &log);
  std::string& bytes = log[std::string(kCheckpointKey)];
  results::Checkpoint checkpoint;
  ASSERT_THAT(DecodeCheckpoint(bytes, &checkpoint), IsOk());
  checkpoint.mutable_retry_topics(1)->set_waiting(0);
  bytes = EncodeResult(checkpoint);
  PartitionState restored(&pipeline_, kPartition);
  EXPECT_THAT(Restore(log, &restored).status(),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("has sent 1 record to retry topics")));
}

}  // namespace
}  // namespace exactmean
