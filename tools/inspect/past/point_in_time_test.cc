// What is called proven is so, whatever compaction has taken.

#include "tools/inspect/past/point_in_time.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"

namespace exactmean {
namespace {

constexpr Partition kOnly(0);

class PointInTimeTest : public ReplayTest {
 protected:
  PointInTimeTest() : ReplayTest(1) {}

  absl::optional<ProvenKey> Ask(const std::string& key, Offset at) {
    const FakePartition& log = world_.cluster().partition("out", kOnly);
    PointInTime point(at, log.low() == Offset(0));
    log.ReadCommitted(log.low(), SIZE_MAX, [&](const FakeRecord& record) {
      results::Checkpoint checkpoint;
      if (record.key == key) {
        point.TakeVersion(record.offset, record.value);
      } else if (record.key == kCheckpointKey &&
                 DecodeCheckpoint(*record.value, &checkpoint).ok()) {
        point.TakeCheckpoint(checkpoint);
      }
    });
    return point.proven();
  }
  // The state before every offset, by a replay of the input.
  std::map<std::string, std::string> Truth(Offset at) {
    std::map<std::string, std::string> truth;
    const auto replayed = Fold({{kOnly, Offset(0), at}});
    EXPECT_THAT(replayed, IsOk());
    if (!replayed.ok()) return truth;
    replayed->at(kOnly).state->VisitSnapshots(
        [](absl::string_view) { return true; },
        [&](absl::string_view key, absl::string_view snapshot) {
          truth[std::string(key)] = std::string(snapshot);
        });
    return truth;
  }
  // Holds every answer to the truth; counts those that were proven.
  void CheckAll(int* live, int* absent, int* unknown) {
    *live = *absent = *unknown = 0;
    const Offset end = world_.watch(kOnly).next();
    for (Offset at(0); at <= end; at = Next(at)) {
      const auto truth = Truth(at);
      for (const std::string& key : keys_) {
        const auto proven = Ask(key, at);
        if (!proven.has_value()) {
          ++*unknown;
          continue;
        }
        const auto found = truth.find(key);
        ASSERT_EQ(proven->live, found != truth.end()) << key << " at " << at;
        if (proven->live) {
          ASSERT_EQ(proven->snapshot, found->second) << key << " at " << at;
        }
        ++*(proven->live ? live : absent);
      }
    }
  }

  std::vector<std::string> keys_ = {"never was"};
};

TEST_F(PointInTimeTest, IsNeverWrongOnAnyCompactionOfAnyLog) {
  for (int round = 0; round < 12; ++round) {
    world_.Produce(9);
    Drain();
  }
  for (const auto& [key, value] : Truth(world_.watch(kOnly).next())) {
    keys_.push_back(key);
  }
  int live = 0, absent = 0, unknown = 0;
  ASSERT_NO_FATAL_FAILURE(CheckAll(&live, &absent, &unknown));
  EXPECT_GT(live, 50);
  EXPECT_GT(absent, 10);
  FakePartition& log = world_.cluster().partition("out", kOnly);
  int before = unknown;
  // Ends within transactions, too, and tombstones go.
  for (int64_t below = 5; below < log.high().value(); below += 5) {
    FakePartition::Compaction compaction;
    compaction.below = Offset(below);
    compaction.drop_tombstones = below % 2 == 0;
    log.Compact(compaction);
    ASSERT_NO_FATAL_FAILURE(CheckAll(&live, &absent, &unknown)) << below;
    EXPECT_GE(unknown, before);
    before = unknown;
  }
  log.Compact({});
  ASSERT_NO_FATAL_FAILURE(CheckAll(&live, &absent, &unknown));
  // The newest state is always there.
  EXPECT_GT(live, 0);
  EXPECT_GT(unknown, 100);
}

TEST_F(PointInTimeTest, RetentionTakesTheProofThatThereWasNothing) {
  Append(kOnly, "a", "1");
  Drain();
  const Offset first = world_.watch(kOnly).next();
  Append(kOnly, "b", "1");
  Drain();
  EXPECT_FALSE(Ask("b", first)->live);
  FakePartition& log = world_.cluster().partition("out", kOnly);
  log.DeleteBefore(Offset(1));
  EXPECT_FALSE(Ask("b", first).has_value());
  EXPECT_TRUE(Ask("b", world_.watch(kOnly).next())->live);
}

TEST_F(PointInTimeTest, WhoWentBackProvesNothingOfTheOtherHistory) {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  results::Checkpoint checkpoint;
  const auto commit = [&](PointInTime* point, int64_t last, int64_t next) {
    snapshot.set_last_offset(last);
    point->TakeVersion(Offset(next), EncodeResult(snapshot));
    checkpoint.set_next_offset(next);
    point->TakeCheckpoint(checkpoint);
  };
  PointInTime point(Offset(5), true);
  commit(&point, 4, 10);
  EXPECT_TRUE(point.proven().has_value());
  commit(&point, 2, 3);
  EXPECT_FALSE(point.proven().has_value());
  commit(&point, 3, 8);
  EXPECT_TRUE(point.proven().has_value());
  EXPECT_EQ(point.proven()->results_offset, Offset(8));
}

TEST_F(PointInTimeTest, AnotherConfigurationIsAnotherHistory) {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.set_last_offset(4);
  results::Checkpoint checkpoint;
  checkpoint.set_fingerprint(1);
  checkpoint.set_next_offset(10);
  PointInTime point(Offset(5), true);
  point.TakeVersion(Offset(0), EncodeResult(snapshot));
  point.TakeCheckpoint(checkpoint);
  EXPECT_TRUE(point.proven().has_value());
  // To where it was, under other windows: this key has had a record since.
  snapshot.set_last_offset(7);
  point.TakeVersion(Offset(2), EncodeResult(snapshot));
  checkpoint.set_fingerprint(2);
  point.TakeCheckpoint(checkpoint);
  EXPECT_FALSE(point.proven().has_value());
  // What other windows did not change is of both.
  PointInTime same(Offset(5), true);
  snapshot.set_last_offset(4);
  same.TakeVersion(Offset(0), EncodeResult(snapshot));
  same.TakeCheckpoint(checkpoint);
  checkpoint.set_fingerprint(3);
  same.TakeCheckpoint(checkpoint);
  EXPECT_TRUE(same.proven().has_value());
}

TEST_F(PointInTimeTest, WhatDoesNotDecodeProvesNothing) {
  PointInTime point(Offset(5), true);
  point.TakeVersion(Offset(0), absl::string_view("\xff"));
  results::Checkpoint checkpoint;
  checkpoint.set_next_offset(5);
  checkpoint.set_sequence(1);
  point.TakeCheckpoint(checkpoint);
  EXPECT_FALSE(point.proven().has_value());
}

}  // namespace
}  // namespace exactmean
