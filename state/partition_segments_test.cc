// Long windows in segments: whatever happens to a partition, what is in the log
// is the state that one without segments has.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Snapshots = std::map<std::string, std::string>;

constexpr int64_t kSecond = 1'000'000;

StateSpec Spec(uint32_t ring, int64_t length_us, uint32_t segment_samples) {
  StateSpec spec;
  spec.source = "number";
  spec.segment_samples = segment_samples;
  if (ring > 0) {
    spec.windows.push_back(
        {"long", WindowSpec::Kind::kCount, ring, 0, 0, 0, 0});
    spec.windows.push_back({"short", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0});
  }
  if (length_us > 0) {
    spec.windows.push_back(
        {"time", WindowSpec::Kind::kTimeExact, 0, length_us, 0, 0, 0});
    spec.windows.push_back(
        {"less", WindowSpec::Kind::kTimeExact, 0, length_us / 3, 0, 0, 0});
  }
  spec.windows.push_back({"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0});
  return spec;
}

Snapshots SnapshotsOf(PartitionState* state) {
  Snapshots result;
  state->VisitSnapshots([](absl::string_view) { return true; },
                        [&](absl::string_view key, absl::string_view snapshot) {
                          result.emplace(key, snapshot);
                        });
  return result;
}

uint64_t DigestOf(const Log& log) {
  uint64_t digest = 0;
  for (const auto& [key, value] : log) {
    if (key != kCheckpointKey) digest += RecordHash(key, value);
  }
  return digest;
}

size_t SegmentsIn(const Log& log) {
  return static_cast<size_t>(
      std::count_if(log.begin(), log.end(), [](const auto& record) {
        return absl::StartsWith(record.first, kSegmentPrefix);
      }));
}

// Record `offset` of an input without end, the same each time: few keys, times
// that run forward with exceptions, now and then a deletion, once in a while a
// gap that empties the time windows.
void FoldIn(int64_t offset, uint64_t seed, PartitionState* state) {
  std::mt19937_64 random(seed * 1'000'003 + static_cast<uint64_t>(offset));
  const auto one_in = [&](uint64_t n) { return random() % n == 0; };
  const std::string key = absl::StrCat("key", random() % 3);
  if (one_in(60)) return state->Delete(Offset(offset), key);
  int64_t time = offset / 150 * 40 * kSecond + offset * kSecond / 7;
  if (one_in(4)) time -= static_cast<int64_t>(random() % (12 * kSecond));
  if (one_in(5)) time -= time % kSecond;  // equal ones
  const auto value = static_cast<double>(random() % 1000) / 8;
  state->Apply(Offset(offset), key, {value, EventTime(time)});
}

struct Case {
  uint32_t ring;
  int64_t length_us;
  uint32_t segment_samples;
};

class SegmentsWalk : public ::testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<PartitionState> Empty(const Pipeline& pipeline) {
    auto state = std::make_unique<PartitionState>(&pipeline, kPartition);
    state->StartEmpty(Offset(0));
    return state;
  }
  // The log is whole, and speaks of the state that one without segments has.
  void CheckLog(const Log& log, uint64_t seed) {
    results::Checkpoint checkpoint;
    ASSERT_THAT(
        DecodeCheckpoint(log.at(std::string(kCheckpointKey)), &checkpoint),
        IsOk());
    ASSERT_EQ(checkpoint.digest(), DigestOf(log));
    while (reference_->next_offset() < Offset(checkpoint.next_offset())) {
      FoldIn(reference_->next_offset().value(), seed, reference_.get());
    }
    PartitionState restored(&in_segments_, kPartition);
    ASSERT_THAT(Restore(log, &restored), IsOkAndHolds(true));
    ASSERT_EQ(SnapshotsOf(&restored), SnapshotsOf(reference_.get()));
    most_ = std::max(most_, SegmentsIn(log));
  }

  // Nor do the records depend on where commits and restarts were.
  void CheckBytes(Log log, Offset next, uint64_t seed) {
    auto state = Empty(in_segments_);
    while (state->next_offset() < next) {
      FoldIn(state->next_offset().value(), seed, state.get());
    }
    Log in_one_go;
    Commit(state.get(), &in_one_go);
    log.erase(std::string(kCheckpointKey));
    in_one_go.erase(std::string(kCheckpointKey));
    EXPECT_EQ(log, in_one_go);
  }

  const Pipeline in_segments_{
      Spec(GetParam().ring, GetParam().length_us, GetParam().segment_samples),
      TestIdentity()};
  const Pipeline whole_{Spec(GetParam().ring, GetParam().length_us, 0),
                        TestIdentity()};
  std::unique_ptr<PartitionState> reference_;
  size_t most_ = 0;
};

TEST_P(SegmentsWalk, IsTheStateWithoutSegments) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    reference_ = Empty(whole_);
    auto state = Empty(in_segments_);
    Log log;
    Commit(state.get(), &log);
    bool in_flight = false;
    ChangeSet changes(kPartition, 0);
    for (int step = 0; step < 250; ++step) {
      const auto records = static_cast<int64_t>(random() % 9);
      for (int64_t i = 0; i < records; ++i) {
        FoldIn(state->next_offset().value(), seed, state.get());
      }
      const uint64_t what = random() % 10;
      if (!in_flight) {
        changes = state->Changes("writer");
        in_flight = true;
      } else if (what < 6) {
        Write(changes, &log);
        state->MarkCommitted();
        in_flight = false;
        CheckLog(log, seed);
      } else if (what < 8) {
        state->MarkAborted();
        in_flight = false;
      } else if (what == 8) {
        state = std::make_unique<PartitionState>(&in_segments_, kPartition);
        ASSERT_THAT(Restore(log, state.get()), IsOkAndHolds(true));
        in_flight = false;
      }
      if (HasFatalFailure()) return;
    }
    if (in_flight) state->MarkAborted();
    Commit(state.get(), &log);
    CheckBytes(log, state->next_offset(), seed);
  }
  EXPECT_GT(most_, 3u);
}

INSTANTIATE_TEST_SUITE_P(
    Windows, SegmentsWalk,
    ::testing::Values(Case{9, 0, 2}, Case{20, 0, 3}, Case{0, 20 * kSecond, 2},
                      Case{0, 9 * kSecond, 4}, Case{30, 10 * kSecond, 3},
                      Case{2, 30 * kSecond, 3}, Case{100, 60 * kSecond, 32}));

class SegmentsTest : public PartitionStateTest {
 protected:
  // A key with so many records; before the checkpoint, as a map has it.
  Log LogOf(const Pipeline& pipeline, int64_t records) {
    PartitionState state(&pipeline, kPartition);
    state.StartEmpty(Offset(0));
    Log log;
    for (int64_t o = 0; o < records; ++o) {
      state.Apply(Offset(o), "K", At(static_cast<double>(o), o * kSecond));
      Commit(&state, &log);
    }
    return log;
  }
  void Refuse(const Log& log, const std::string& why) {
    PartitionState state(&long_, kPartition);
    EXPECT_THAT(Restore(log, &state),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(why)));
  }

  const Pipeline long_{Spec(1000, 0, 32), TestIdentity()};
  const Pipeline plain_{Spec(1000, 0, 32), TestIdentity(),
                        DeliveryMode::kAtLeastOnce};
};

TEST_F(SegmentsTest, ShortWindowsHaveNone) {
  const Pipeline pipeline(Spec(64, 0, 32), TestIdentity());
  EXPECT_EQ(SegmentsIn(LogOf(pipeline, 200)), 0u);
}

TEST_F(SegmentsTest, AKeyWithFewSamplesInItsTimeWindowHasNone) {
  const Pipeline pipeline(Spec(0, 20 * kSecond, 32), TestIdentity());
  EXPECT_EQ(SegmentsIn(LogOf(pipeline, 200)), 0u);
}

TEST_F(SegmentsTest, WhatACommitWritesDoesNotGrowWithTheWindow) {
  size_t bytes[2] = {0, 0};
  const Pipeline ten(Spec(10, 0, 32), TestIdentity());
  for (const Pipeline* pipeline : {&ten, &long_}) {
    PartitionState state(pipeline, kPartition);
    state.StartEmpty(Offset(0));
    for (int64_t o = 0; o < 5000; ++o) {
      state.Apply(Offset(o), "sensor-012345", At(1.0 / static_cast<double>(o)));
      const ChangeSet changes = state.Changes("writer");
      state.MarkCommitted();
      size_t& sum = bytes[pipeline == &long_];
      for (size_t i = 0; i < changes.size(); ++i) {
        sum += changes.key(i).size() + changes.value(i)->size();
      }
      for (const ChangeSet::Segment& segment : changes.segments()) {
        sum += segment.key.size() + segment.value.value_or("").size();
      }
    }
  }
  EXPECT_LE(bytes[1], 3 * bytes[0]);
}

TEST_F(SegmentsTest, ADeletedKeyLeavesNothing) {
  PartitionState state(&long_, kPartition);
  state.StartEmpty(Offset(0));
  Log log;
  for (int64_t o = 0; o < 100; ++o) state.Apply(Offset(o), "k", At(1));
  Commit(&state, &log);
  EXPECT_EQ(SegmentsIn(log), 3u);
  state.Delete(Offset(100), "k");
  Commit(&state, &log);
  EXPECT_THAT(log, SizeIs(1));
}

TEST_F(SegmentsTest, LostOrChangedSegmentsAreSeen) {
  const Log good = LogOf(long_, 100);
  ASSERT_EQ(SegmentsIn(good), 3u);
  const std::string second = ToString(SegmentKey{1, "K"});
  Log bad = good;
  bad.erase(second);
  Refuse(bad, "digest");
  bad = good;
  bad.at(second)[20] = static_cast<char>(bad.at(second)[20] ^ 1);
  Refuse(bad, "digest");
  bad = good;
  bad[ToString(SegmentKey{3, "K"})] = good.at(second);
  Refuse(bad, "digest");
}

// A checkpoint made for what is there.
TEST_F(SegmentsTest, SegmentsThatDoNotFitTheirSnapshotAreSeen) {
  const Log good = LogOf(long_, 100);
  const auto refuse = [&](Log bad, const std::string& why) {
    results::Checkpoint checkpoint;
    std::string& bytes = bad.at(std::string(kCheckpointKey));
    ASSERT_THAT(DecodeCheckpoint(bytes, &checkpoint), IsOk());
    checkpoint.set_digest(DigestOf(bad));
    bytes = EncodeResult(checkpoint);
    Refuse(bad, why);
  };
  const std::string second = ToString(SegmentKey{1, "K"});
  Log bad = good;
  bad.erase(second);
  refuse(bad, "speaks of 3 segments, of which there are 2");
  bad = good;
  bad[ToString(SegmentKey{3, "K"})] = good.at(second);
  refuse(bad, "a segment that its snapshot does not speak of");
  bad = good;
  bad[ToString(SegmentKey{0, "other"})] = good.at(second);
  refuse(bad, "key \"other\": a segment that its snapshot does not speak of");
  bad = good;
  bad.at(second) = "?";
  refuse(bad, "not a segment");
  bad = good;
  bad["__exactmean/segment/01/K"] = good.at(second);
  PartitionState state(&long_, kPartition);
  EXPECT_THAT(Restore(bad, &state),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("does not know")));
}

// From one mode to the other: from whole snapshots to segments, not back.
TEST_F(SegmentsTest, OtherModes) {
  Log log = LogOf(plain_, 100);
  EXPECT_EQ(SegmentsIn(log), 0u);
  PartitionState state(&long_, kPartition);
  ASSERT_THAT(Restore(log, &state), IsOkAndHolds(true));
  const Snapshots before = SnapshotsOf(&state);
  state.RequestCommit();
  Commit(&state, &log);
  EXPECT_EQ(SegmentsIn(log), 0u);
  state.Apply(Offset(100), "K", At(100));
  Commit(&state, &log);
  EXPECT_EQ(SegmentsIn(log), 1u);
  PartitionState again(&long_, kPartition);
  ASSERT_THAT(Restore(log, &again), IsOkAndHolds(true));
  EXPECT_EQ(SnapshotsOf(&again), SnapshotsOf(&state));
  EXPECT_NE(SnapshotsOf(&again), before);

  PartitionState back(&plain_, kPartition);
  EXPECT_THAT(Restore(log, &back),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("EXACTLY_ONCE alone")));
}

}  // namespace
}  // namespace exactmean
