// The fold, and the two steps of a commit.

#include "state/partition_state.h"

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(PartitionStateTest, CountsEveryOffsetOnce) {
  PartitionState state = Empty();
  state.Apply(Offset(2), "a", At(1));
  state.Skip(Offset(3));
  state.Delete(Offset(6), "a");
  state.PassAbsent(Offset(10));
  EXPECT_EQ(state.next_offset(), Offset(10));
  EXPECT_EQ(state.dispositions().applied(), 2u);
  EXPECT_EQ(state.dispositions().skipped(), 1u);
  EXPECT_EQ(state.dispositions().absent(), 7u);
}

TEST_F(PartitionStateTest, AFreshStartIsWrittenDownBeforeTheFirstRecord) {
  PartitionState state(&pipeline_, kPartition);
  state.StartEmpty(Offset(17));
  ASSERT_TRUE(state.changed());
  Log log;
  Commit(&state, &log);
  EXPECT_FALSE(state.changed());
  PartitionState restored(&pipeline_, kPartition);
  EXPECT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.next_offset(), Offset(17));
}

TEST_F(PartitionStateTest, TheGuardIgnoresWhatIsFoldedInAlready) {
  PartitionState once = Empty(), twice = Empty();
  once.Apply(Offset(4), "a", At(5));
  twice.Apply(Offset(4), "a", At(5));
  Log log;
  Commit(&twice, &log);
  // As after a crash in at-least-once mode: the snapshot is ahead of the
  // offset at which reading starts.
  const std::string snapshot = log["a"];
  PartitionState again(&pipeline_, kPartition);
  ASSERT_THAT(again.Restore("a", snapshot), IsOk());
  again.Apply(Offset(4), "a", At(5));
  EXPECT_EQ(again.AveragesOf("a"), once.AveragesOf("a"));
  again.Delete(Offset(3), "a");
  EXPECT_THAT(again.AveragesOf("a"), SizeIs(2));
}

TEST_F(PartitionStateTest, AnAbortCostsNothing) {
  PartitionState state = Empty();
  state.Apply(Offset(0), "a", At(1));
  const std::string first(state.Changes("w").value(0).value());
  state.MarkAborted();
  ASSERT_TRUE(state.changed());
  const ChangeSet again = state.Changes("w");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again.value(0).value(), first);
}

TEST_F(PartitionStateTest, DeadLettersGoOutOnceInOrder) {
  const auto record = [](const std::string& value) {
    OwnedRecord owned;
    owned.value = value;
    return owned;
  };
  const auto offsets = [](const ChangeSet& changes) {
    std::vector<int64_t> all;
    for (const auto& letter : changes.diverted()) {
      all.push_back(letter->offset.value());
    }
    return all;
  };
  PartitionState state = Empty();
  state.AddDeadLetter(Offset(0), record("x"));
  state.AddDeadLetter(Offset(2), record("y"));
  EXPECT_EQ(state.dispositions().dead_lettered(), 2u);
  EXPECT_EQ(state.dispositions().absent(), 1u);
  const size_t bytes = state.diverted_bytes();
  EXPECT_EQ(bytes, record("x").bytes() + record("y").bytes());
  EXPECT_THAT(offsets(state.Changes("w")), ElementsAre(0, 2));
  state.AddDeadLetter(Offset(3), record("z"));  // while they are in flight
  state.MarkAborted();
  EXPECT_GT(state.diverted_bytes(), bytes);
  const ChangeSet again = state.Changes("w");
  EXPECT_THAT(offsets(again), ElementsAre(0, 2, 3));
  EXPECT_EQ(again.diverted()[2]->record.value, "z");
  state.AddDeadLetter(Offset(4), record("after"));
  Log log;
  Write(again, &log);
  state.MarkCommitted();
  EXPECT_EQ(state.diverted_bytes(), record("after").bytes());
  EXPECT_TRUE(state.changed());
  const ChangeSet last = state.Changes("w");
  EXPECT_THAT(offsets(last), ElementsAre(4));
  Write(last, &log);
  state.MarkCommitted();
  EXPECT_EQ(state.diverted_bytes(), 0u);
  PartitionState restored(&pipeline_, kPartition);
  EXPECT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.dispositions().dead_lettered(), 4u);
}

TEST_F(PartitionStateTest, FoldsOnWhileChangesAreInFlight) {
  PartitionState state = Empty();
  state.Apply(Offset(0), "a", At(1));
  state.Apply(Offset(1), "b", At(1));
  Log log;
  Write(state.Changes("w"), &log);
  state.Apply(Offset(2), "b", At(2));
  state.Apply(Offset(3), "c", At(3));
  state.MarkCommitted();
  EXPECT_EQ(state.dirty_keys(), 2u);
  Commit(&state, &log);
  PartitionState restored(&pipeline_, kPartition);
  EXPECT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.AveragesOf("b"), state.AveragesOf("b"));
}

TEST_F(PartitionStateTest, DeletedKeysLeaveATombstoneOnce) {
  PartitionState state = Empty();
  Log log;
  state.Apply(Offset(0), "a", At(1));
  Commit(&state, &log);
  state.Delete(Offset(1), "a");
  state.Delete(Offset(2), "never there");
  state.Apply(Offset(3), "young", At(1));
  state.Delete(Offset(4), "young");  // never in the log: no tombstone
  ChangeSet changes = state.Changes("w");
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes.key(0), "a");
  EXPECT_EQ(changes.value(0), absl::nullopt);
  // A tombstone in flight, and the key is back already.
  state.Apply(Offset(5), "a", At(7));
  Write(changes, &log);
  state.MarkCommitted();
  Commit(&state, &log);
  PartitionState restored(&pipeline_, kPartition);
  EXPECT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(restored.live_keys(), 1u);
  EXPECT_EQ(restored.AveragesOf("a")[1].average, 7);
}

TEST_F(PartitionStateTest, LateRecordsAreCountedAndLeftOut) {
  StateSpec spec = TestSpec();
  spec.grace_us = 10;
  const Pipeline pipeline(spec, TestIdentity());
  PartitionState state(&pipeline, kPartition);
  state.StartEmpty(Offset(0));
  EXPECT_EQ(state.Apply(Offset(0), "a", At(1, 100)), Disposition::kApplied);
  EXPECT_EQ(state.Apply(Offset(1), "b", At(1, 90)), Disposition::kApplied);
  EXPECT_EQ(state.Apply(Offset(2), "b", At(1, 89)), Disposition::kLate);
  EXPECT_EQ(state.AveragesOf("b")[1].count, 1u);
  EXPECT_EQ(state.dispositions().late(), 1u);
}

// When a key is forgotten must not depend on when commits or restarts happen.
TEST_F(PartitionStateTest, IdleKeysAreForgottenAtTheSameRecordWhatever) {
  StateSpec spec = TestSpec();
  spec.idle_key_ttl_us = 50;
  const Pipeline pipeline(spec, TestIdentity());
  const auto run = [&](int commit_every, bool restart) {
    auto state = std::make_unique<PartitionState>(&pipeline, kPartition);
    state->StartEmpty(Offset(0));
    Log log;
    std::mt19937_64 random(5);
    for (int i = 0; i < 2000; ++i) {
      const std::string key(1, static_cast<char>('a' + random() % 20));
      state->Apply(Offset(i), key, At(i, i * 5 + random() % 40));
      if (random() % 50 == 0) state->PassAbsent(state->next_offset());
      if (i % commit_every != 0) continue;
      Commit(state.get(), &log);
      if (!restart) continue;
      state = std::make_unique<PartitionState>(&pipeline, kPartition);
      EXPECT_THAT(Restore(log, state.get()), IsOkAndHolds(true));
    }
    Commit(state.get(), &log);
    log.erase(std::string(kCheckpointKey));
    return log;
  };
  const Log want = run(1, false);
  EXPECT_LT(want.size(), 20u);  // some were forgotten
  EXPECT_EQ(run(7, false), want);
  EXPECT_EQ(run(500, true), want);
  EXPECT_EQ(run(1, true), want);
}

// It is older than it was, so it is due earlier than its former self.
TEST_F(PartitionStateTest, ADeletedKeyThatComesBackLateIsForgottenInTime) {
  StateSpec spec = TestSpec();
  spec.idle_key_ttl_us = 50;
  const Pipeline pipeline(spec, TestIdentity());
  PartitionState state(&pipeline, kPartition);
  state.StartEmpty(Offset(0));
  state.Apply(Offset(0), "a", At(1, 100));
  state.Delete(Offset(1), "a");
  state.Apply(Offset(2), "a", At(1, 60));
  state.Apply(Offset(3), "b", At(1, 110));
  EXPECT_EQ(state.live_keys(), 2u);
  state.Apply(Offset(4), "b", At(1, 111));
  EXPECT_EQ(state.live_keys(), 1u);
}

// The bytes of a snapshot depend on the records alone.
TEST_F(PartitionStateTest, CommitsAndRestartsLeaveNoTrace) {
  const auto run = [&](uint64_t seed) {
    std::mt19937_64 chance(seed);
    auto state = std::make_unique<PartitionState>(&pipeline_, kPartition);
    state->StartEmpty(Offset(0));
    Log log;
    for (int i = 0; i < 3000; ++i) {
      const std::string key = std::to_string(i * 7919 % 101);
      if (i % 97 == 0) {
        state->Delete(Offset(i), key);
      } else {
        state->Apply(Offset(i), key, At(i * 0.37, i));
      }
      if (seed == 0 || chance() % 40 != 0) continue;
      if (chance() % 3 == 0) {
        state->Changes("w");
        state->MarkAborted();
        continue;
      }
      Commit(state.get(), &log);
      if (chance() % 2 == 0) {
        state = std::make_unique<PartitionState>(&pipeline_, kPartition);
        EXPECT_THAT(Restore(log, state.get()), IsOkAndHolds(true));
      }
    }
    Commit(state.get(), &log);
    log.erase(std::string(kCheckpointKey));
    return log;
  };
  const Log want = run(0);
  for (uint64_t seed = 1; seed < 20; ++seed) EXPECT_EQ(run(seed), want);
}

}  // namespace
}  // namespace exactmean
