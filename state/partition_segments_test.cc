// Long windows in segments: what is written, and what is refused.

#include <algorithm>
#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_segments_testing.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
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

// A number that is used again, and once more left, while its record is on its
// way.
TEST_F(SegmentsTest, LivesOfAKeyDuringOneCommit) {
  for (const bool committed : {true, false}) {
    for (const bool deleted_again : {true, false}) {
      const Pipeline pipeline(Spec(0, 20 * kSecond, 2), TestIdentity());
      PartitionState state(&pipeline, kPartition);
      state.StartEmpty(Offset(0));
      Log log;
      int64_t offset = 0;
      const auto apply = [&](int64_t time) {
        state.Apply(Offset(offset++), "K", At(1, time * kSecond));
      };
      apply(0);
      apply(1);
      const ChangeSet first = state.Changes("writer");
      ASSERT_EQ(first.segments().size(), 1u);
      state.Delete(Offset(offset++), "K");
      apply(0);
      apply(1);
      if (deleted_again) {
        state.Delete(Offset(offset++), "K");
      } else {
        apply(100);
      }
      if (committed) {
        Write(first, &log);
        state.MarkCommitted();
      } else {
        state.MarkAborted();
      }
      Commit(&state, &log);
      EXPECT_EQ(SegmentsIn(log), 0u);
      PartitionState restored(&pipeline, kPartition);
      EXPECT_THAT(Restore(log, &restored), IsOkAndHolds(true));
    }
  }
}

// It stays in its time window for ever, whatever the count windows pass.
TEST_F(SegmentsTest, OneTimeFarAheadDoesNotPileUpSegments) {
  const Pipeline pipeline(Spec(20, 20 * kSecond, 4), TestIdentity());
  PartitionState state(&pipeline, kPartition);
  state.StartEmpty(Offset(0));
  Log log;
  state.Apply(Offset(0), "K", At(1, 1000 * kSecond));
  size_t most = 0;
  for (int64_t o = 1; o < 1000; ++o) {
    state.Apply(Offset(o), "K", At(static_cast<double>(o), o));
    if (o % 7 == 0) Commit(&state, &log);
    most = std::max(most, SegmentsIn(log));
  }
  EXPECT_LE(most, 16u);
  Commit(&state, &log);
  PartitionState restored(&pipeline, kPartition);
  ASSERT_THAT(Restore(log, &restored), IsOkAndHolds(true));
  EXPECT_EQ(SnapshotsOf(&restored), SnapshotsOf(&state));
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
  EXPECT_EQ(SegmentsIn(log), 4u);  // of 32 each, but for the last
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
