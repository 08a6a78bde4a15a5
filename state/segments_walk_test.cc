// Long windows in segments: whatever happens to a partition, what is in the log
// is the state that one without segments has.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "state/partition_segments_testing.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

// Record `offset` of an input without end, the same each time: few keys, times
// that run forward with exceptions, now and then a deletion, once in a while a
// gap that empties the time windows.
void FoldIn(int64_t offset, uint64_t seed, PartitionState* state) {
  std::mt19937_64 random(seed * 1'000'003 + static_cast<uint64_t>(offset));
  const auto one_in = [&](uint64_t n) { return random() % n == 0; };
  const std::string key = absl::StrCat("key", random() % 3);
  // Few, or so many that a key goes and comes back within a commit.
  if (one_in(seed % 2 == 0 ? 60 : 8)) return state->Delete(Offset(offset), key);
  int64_t time = offset / 150 * 40 * kSecond + offset * kSecond / 7;
  if (one_in(4)) time -= static_cast<int64_t>(random() % (12 * kSecond));
  if (one_in(5)) time -= time % kSecond;        // equal ones
  if (one_in(2000)) time += 100'000 * kSecond;  // a clock that is wrong
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
      const auto records =
          static_cast<int64_t>(random() % (seed % 3 == 0 ? 30 : 9));
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

}  // namespace
}  // namespace exactmean
