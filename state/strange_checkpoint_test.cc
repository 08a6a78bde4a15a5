// A checkpoint of a stranger: its numbers are checked before they are used, and
// its texts are shown so that a terminal or a log comes to no harm.

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

class StrangeCheckpointTest : public ::testing::Test {
 protected:
  static StateSpec Spec() {
    StateSpec spec;
    spec.source = "test";
    spec.windows = {{"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
    spec.grace_us = 10;
    return spec;
  }

  // Of a partition of which records 3 to 5 were skipped.
  template <typename Change>
  absl::Status RestoreWith(Change change) {
    PartitionState state(&pipeline_, Partition(0));
    state.StartEmpty(Offset(3));
    for (int offset : {3, 4, 5}) state.Skip(Offset(offset));
    results::Checkpoint checkpoint;
    EXPECT_THAT(
        DecodeCheckpoint(state.Changes("writer").checkpoint(), &checkpoint),
        IsOk());
    change(&checkpoint);
    PartitionState restored(&pipeline_, Partition(0));
    EXPECT_THAT(restored.Restore(kCheckpointKey, EncodeResult(checkpoint)),
                IsOk());
    return restored.FinishRestore().status();
  }

  const Pipeline pipeline_{Spec(), {"app", "in", 8}};
};

TEST_F(StrangeCheckpointTest, RefusesOffsetsThatNoPartitionHas) {
  EXPECT_THAT(RestoreWith([](auto*) {}), IsOk());
  const auto refuse = [this](int64_t start, int64_t next) {
    EXPECT_THAT(
        RestoreWith([&](auto* c) {
          c->set_start_offset(start);
          c->set_next_offset(next);
          c->mutable_dispositions()->set_skipped(static_cast<uint64_t>(next) -
                                                 static_cast<uint64_t>(start));
        }),
        StatusIs(absl::StatusCode::kDataLoss,
                 HasSubstr("no offsets of a partition")));
  };
  refuse(-1, 5);
  refuse(6, 5);
  refuse(kLowest, kHighest);
  refuse(kHighest, kLowest);
}

TEST_F(StrangeCheckpointTest, RefusesAStreamTimeThatNoRecordHas) {
  for (const int64_t time : {kLowest, kHighest, (int64_t{1} << 60) + 1}) {
    EXPECT_THAT(
        RestoreWith([&](auto* c) { c->mutable_stream_time()->set_time(time); }),
        StatusIs(absl::StatusCode::kDataLoss, HasSubstr("stream time")))
        << time;
  }
  EXPECT_THAT(RestoreWith([](auto* c) {
                c->mutable_stream_time()->set_time(int64_t{1} << 60);
              }),
              IsOk());
}

TEST_F(StrangeCheckpointTest, EscapesTheTextsThatItShows) {
  const std::string text = "a\x1b[2J\nb";
  const std::string shown = R"(a\x1b[2J\nb)";
  EXPECT_THAT(RestoreWith([&](auto* c) { c->set_application_id(text); }),
              StatusIs(testing::_, HasSubstr(shown)));
  EXPECT_THAT(RestoreWith([&](auto* c) { c->set_input_topic(text); }),
              StatusIs(testing::_, HasSubstr(shown)));
  EXPECT_THAT(RestoreWith([](auto* c) {
                c->set_fingerprint(1);
                c->set_fingerprint_text("source \x1b[2J\nwindow old count");
              }),
              StatusIs(testing::_,
                       HasSubstr("- source \\x1b[2J\n  - window old count")));
}

}  // namespace
}  // namespace exactmean
