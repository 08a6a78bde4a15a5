// The fold, the two steps of a commit, and the proof: each refusal by name.

#include "state/partition_state.h"

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Partition kPartition(3);

StateSpec Spec() {
  StateSpec spec;
  spec.source = "test";
  spec.windows = {{"last3", WindowSpec::Kind::kCount, 3, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

StateIdentity Identity() { return {"app", "in", 8}; }

// The results partition as a reader of committed records sees it, compacted.
using Log = std::map<std::string, std::string>;

void Write(const ChangeSet& changes, Log* log) {
  for (size_t i = 0; i < changes.size(); ++i) {
    const std::string key(changes.key(i));
    if (changes.value(i).has_value()) {
      (*log)[key] = std::string(*changes.value(i));
    } else {
      log->erase(key);
    }
  }
  (*log)[std::string(kCheckpointKey)] = std::string(changes.checkpoint());
}

void Commit(PartitionState* state, Log* log) {
  Write(state->Changes("writer"), log);
  state->MarkCommitted();
}

absl::StatusOr<bool> Restore(const Log& log, PartitionState* state) {
  for (const auto& [key, value] : log) {
    const absl::Status status = state->Restore(key, value);
    if (!status.ok()) return status;
  }
  return state->FinishRestore();
}

class PartitionStateTest : public ::testing::Test {
 protected:
  PartitionState Empty() {
    PartitionState state(&pipeline_, kPartition);
    state.StartEmpty(Offset(0));
    return state;
  }
  static Sample At(double value, int64_t time = 0) {
    return {value, EventTime(time)};
  }
  // Two keys in the log.
  Log SomeLog() {
    PartitionState state = Empty();
    state.Apply(Offset(0), "a", At(1));
    state.Apply(Offset(1), "b", At(2));
    Log log;
    Commit(&state, &log);
    return log;
  }
  absl::Status RestoreError(const Log& log) {
    PartitionState state(&pipeline_, kPartition);
    return Restore(log, &state).status();
  }
  // The log with a changed checkpoint.
  template <typename F>
  Log WithCheckpoint(Log log, F change) {
    results::Checkpoint checkpoint;
    std::string& bytes = log[std::string(kCheckpointKey)];
    EXPECT_THAT(DecodeCheckpoint(bytes, &checkpoint), IsOk());
    change(&checkpoint);
    bytes = EncodeResult(checkpoint);
    return log;
  }

  const Pipeline pipeline_{Spec(), Identity()};
};

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
  StateSpec spec = Spec();
  spec.grace_us = 10;
  const Pipeline pipeline(spec, Identity());
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
  StateSpec spec = Spec();
  spec.idle_key_ttl_us = 50;
  const Pipeline pipeline(spec, Identity());
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

TEST_F(PartitionStateTest, NothingInTheTopicIsNoState) {
  EXPECT_THAT(RestoreError({}), IsOk());
  PartitionState tombstones(&pipeline_, kPartition);
  EXPECT_THAT(tombstones.Restore("a", absl::nullopt), IsOk());
  EXPECT_THAT(tombstones.FinishRestore(), IsOkAndHolds(false));
}

TEST_F(PartitionStateTest, TheProofRefusesWhatWasLostChangedOrAdded) {
  const Log good = SomeLog();
  EXPECT_THAT(RestoreError(good), IsOk());

  Log bad = good;
  bad.erase("a");
  EXPECT_THAT(RestoreError(bad),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("holds 1 keys")));
  bad = good;
  bad["c"] = bad["a"];
  EXPECT_THAT(RestoreError(bad),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("3 keys")));
  bad = good;
  std::swap(bad["a"], bad["b"]);
  EXPECT_THAT(RestoreError(bad),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("digest")));
  bad = good;
  bad.erase(std::string(kCheckpointKey));
  EXPECT_THAT(RestoreError(bad), StatusIs(absl::StatusCode::kDataLoss,
                                          HasSubstr("no checkpoint")));
  bad = good;
  bad["a"].back() = static_cast<char>(bad["a"].back() ^ 1);
  EXPECT_THAT(RestoreError(bad), StatusIs(absl::StatusCode::kDataLoss));
  bad = good;
  bad["__exactmean/other"] = "";
  EXPECT_THAT(RestoreError(bad),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("reserved key")));
}

TEST_F(PartitionStateTest, TheProofRefusesAnotherApplicationsState) {
  const Log log = SomeLog();
  const auto refuse = [&](auto change, const std::string& why) {
    EXPECT_THAT(RestoreError(WithCheckpoint(log, change)),
                StatusIs(testing::_, HasSubstr(why)));
  };
  refuse([](auto* c) { c->set_format(2); }, "checkpoint of format 2");
  refuse([](auto* c) { c->set_application_id("x"); }, "application \"x\"");
  refuse([](auto* c) { c->set_input_topic("x"); }, "input topic \"x\"");
  refuse([](auto* c) { c->set_input_partitions(4); }, "had 4 partitions");
  refuse([](auto* c) { c->set_partition(1); }, "of partition 1");
  refuse([](auto* c) { c->set_next_offset(9); }, "passed 9 offsets");
  refuse([](auto* c) { c->mutable_dispositions()->set_late(1); }, "accounts");
}

TEST_F(PartitionStateTest, TheProofRefusesAChangedConfiguration) {
  const Log log = SomeLog();
  StateSpec spec = Spec();
  spec.windows[0].size = 4;
  spec.windows.pop_back();
  const Pipeline changed(spec, Identity());
  PartitionState state(&changed, kPartition);
  EXPECT_THAT(Restore(log, &state),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("- window last3 count size=3\n")));
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
