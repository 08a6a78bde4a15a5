// The layout of a key in full: every kind of window.

#include "tools/inspect/get/key_answer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using Kind = WindowSpec::Kind;

constexpr int64_t kSecond = 1000000;

class KeyAnswerTest : public ::testing::Test {
 protected:
  KeyAnswerTest() {
    StateSpec spec;
    spec.source = "number";
    spec.windows = {
        {"last2", Kind::kCount, 2, 0, 0, 0, 0},
        {"minute", Kind::kTimeExact, 0, 60 * kSecond, 0, 0, 0},
        {"panes", Kind::kTimePanes, 0, 60 * kSecond, 30 * kSecond, 0, 0},
        {"smooth", Kind::kEwmaRecords, 0, 0, 0, 0.5, 0},
        {"fading", Kind::kEwmaHalfLife, 0, 0, 0, 0, 60 * kSecond},
        {"all", Kind::kCumulative, 0, 0, 0, 0, 0}};
    const Pipeline pipeline(spec, {"app", "in", 1});
    PartitionState state(&pipeline, Partition(3));
    state.StartEmpty(Offset(0));
    state.Apply(Offset(0), "k", {1, EventTime(0)});
    state.Apply(Offset(1), "k", {2, EventTime(45 * kSecond)});
    state.Apply(Offset(2), "k", {4, EventTime(75 * kSecond)});
    const ChangeSet changes = state.Changes("w");
    EXPECT_THAT(DecodeCheckpoint(changes.checkpoint(), &checkpoint_), IsOk());
    answer_.key = "k";
    answer_.partition = Partition(3);
    answer_.snapshot = std::string(*changes.value(0));
    answer_.results_offset = Offset(17);
  }

  results::Checkpoint checkpoint_;
  KeyAnswer answer_;
};

// Of the averages, and of what a window holds.
TEST_F(KeyAnswerTest, HeadersAreBoldWhereTheTerminalShowsIt) {
  Terminal terminal;
  terminal.colour = true;
  const auto text = KeyAnswerText(answer_, &checkpoint_, terminal);
  ASSERT_THAT(text, IsOk());
  EXPECT_THAT(*text, HasSubstr("\x1b[1mWINDOW"));
  EXPECT_THAT(*text, HasSubstr("\x1b[1m  TIME"));
}

TEST_F(KeyAnswerTest, Text) {
  const auto text = KeyAnswerText(answer_, &checkpoint_, Terminal());
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(*text,
            R"(key "k", partition 3: 3 records, the last at input offset 2
event time 1970-01-01T00:01:15Z, a snapshot of 394 bytes at results offset 17

WINDOW  AVERAGE  COUNT  MIN  MAX   STDDEV
last2         3      2    2    4        1
minute        3      2    2    4        1
panes         3      2    2    4        1
smooth     2.75      3    -    -        -
fading  2.74243      3    -    -        -
all     2.33333      3    1    4  1.24722

last2: the last 2 values, oldest first
  2 4

minute: the last 1m
  TIME                  VALUE
  1970-01-01T00:00:45Z      2
  1970-01-01T00:01:15Z      4

panes: the last 1m in panes of 30s
  FROM                  TO BEFORE             AVERAGE  COUNT  MIN  MAX  STDDEV
  1970-01-01T00:00:30Z  1970-01-01T00:01:00Z        2      1    2    2       0
  1970-01-01T00:01:00Z  1970-01-01T00:01:30Z        4      1    4    4       0

smooth: every value, alpha 0.5
  weighted sum 2.75, weight 1, as of 1970-01-01T00:01:15Z

fading: every value, half-life 1m
  weighted sum 5.83466, weight 2.12755, as of 1970-01-01T00:01:15Z

all: every value
  sum 7
)");
}

TEST_F(KeyAnswerTest, Json) {
  const auto json = KeyAnswerJson(answer_, &checkpoint_);
  ASSERT_THAT(json, IsOk());
  EXPECT_EQ(
      *json,
      R"({"key":"k","partition":3,"label":"now","live":true,"records":3,"last_offset":2,"event_time":"1970-01-01T00:01:15Z","bytes":394,"results_offset":17,"averages":{"last2":{"average":3,"count":2,"min":2,"max":4,"stddev":1},"minute":{"average":3,"count":2,"min":2,"max":4,"stddev":1},"panes":{"average":3,"count":2,"min":2,"max":4,"stddev":1},"smooth":{"average":2.75,"count":3},"fading":{"average":2.742425836548696,"count":3},"all":{"average":2.3333333333333335,"count":3,"min":1,"max":4,"stddev":1.247219128924647}},"windows":[{"name":"last2","kind":"count","values":[2,4]},{"name":"minute","kind":"time","samples":[{"time":"1970-01-01T00:00:45Z","value":2},{"time":"1970-01-01T00:01:15Z","value":4}]},{"name":"panes","kind":"panes","panes":[{"from":"1970-01-01T00:00:30Z","to":"1970-01-01T00:01:00Z","count":1,"sum":2,"min":2,"max":2,"stddev":0},{"from":"1970-01-01T00:01:00Z","to":"1970-01-01T00:01:30Z","count":1,"sum":4,"min":4,"max":4,"stddev":0}]},{"name":"smooth","kind":"ewma","weighted_sum":2.75,"weight":1,"time":"1970-01-01T00:01:15Z"},{"name":"fading","kind":"ewma","weighted_sum":5.834661769999952,"weight":2.1275549888134044,"time":"1970-01-01T00:01:15Z"},{"name":"all","kind":"cumulative","count":3,"sum":7,"min":1,"max":4,"stddev":1.247219128924647}]})"
      "\n");
}

TEST_F(KeyAnswerTest, LabelsOfThePast) {
  answer_.at = Offset(3);
  answer_.label = AnswerLabel::kReplayed;
  answer_.results_offset = Offset(-1);
  const auto replayed = KeyAnswerText(answer_, &checkpoint_, Terminal());
  ASSERT_THAT(replayed, IsOk());
  EXPECT_THAT(*replayed, HasSubstr("at input offset 3 (replayed): 3 records"));
  answer_.snapshot.reset();
  EXPECT_THAT(KeyAnswerText(answer_, &checkpoint_, Terminal()),
              IsOkAndHolds("key \"k\", partition 3, at input offset 3 "
                           "(replayed): there was no such key\n"));
  EXPECT_THAT(
      KeyAnswerJson(answer_, &checkpoint_),
      IsOkAndHolds("{\"key\":\"k\",\"partition\":3,\"label\":\"replayed\","
                   "\"at_offset\":3,\"live\":false}\n"));
  answer_.label = AnswerLabel::kUnavailable;
  answer_.reason = "gone";
  EXPECT_THAT(KeyAnswerText(answer_, &checkpoint_, Terminal()),
              IsOkAndHolds("key \"k\", partition 3, at input offset 3 "
                           "(unavailable): gone\n"));
  EXPECT_THAT(
      KeyAnswerJson(answer_, &checkpoint_),
      IsOkAndHolds("{\"key\":\"k\",\"partition\":3,\"label\":\"unavailable\","
                   "\"at_offset\":3,\"reason\":\"gone\"}\n"));
}

TEST_F(KeyAnswerTest, WhatIsNoSnapshotIsNamed) {
  answer_.snapshot = "\xff";
  const absl::Status corrupt =
      KeyAnswerText(answer_, nullptr, Terminal()).status();
  EXPECT_TRUE(absl::IsDataLoss(corrupt));
  EXPECT_THAT(corrupt.message(), HasSubstr("partition 3, offset 17"));
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  answer_.snapshot = EncodeResult(snapshot);
  EXPECT_TRUE(absl::IsDataLoss(KeyAnswerJson(answer_, &checkpoint_).status()));
  // Without a checkpoint, the averages alone.
  EXPECT_THAT(KeyAnswerText(answer_, nullptr, Terminal()), IsOk());
}

}  // namespace
}  // namespace exactmean
