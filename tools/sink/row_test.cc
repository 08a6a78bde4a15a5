// What a results record does to the table.

#include "tools/sink/row.h"

#include <limits>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::SizeIs;

LogRecord Record(absl::string_view key,
                 absl::optional<absl::string_view> value) {
  LogRecord record;
  record.partition = Partition(2);
  record.offset = Offset(77);
  record.key = key;
  record.value = value;
  return record;
}

TEST(RowTest, ASnapshotIsAllRowsOfItsKey) {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.set_last_offset(9);
  snapshot.set_event_time(-5);
  snapshot.set_records(3);
  results::Average* average = snapshot.add_averages();
  average->set_average(1.5);
  average->set_count(2);
  average->set_min(1);
  average->set_max(2);
  average->set_stddev(0.5);
  snapshot.add_averages();
  const std::string bytes = EncodeResult(snapshot);
  const auto change = ToChange(Record("IBM", bytes));
  ASSERT_THAT(change, IsOk());
  EXPECT_EQ(change->text, "IBM");
  EXPECT_EQ(change->partition, Partition(2));
  EXPECT_EQ(change->offset, Offset(77));
  ASSERT_TRUE(change->state.has_value());
  EXPECT_EQ(change->state->last_offset, 9);
  EXPECT_EQ(change->state->event_time, -5);
  EXPECT_EQ(change->state->records, 3);
  ASSERT_THAT(change->state->windows, SizeIs(2));
  const WindowValues& values = change->state->windows[0];
  EXPECT_EQ(values.average, 1.5);
  EXPECT_EQ(values.count, 2);
  EXPECT_EQ(values.min, 1);
  EXPECT_EQ(values.max, 2);
  EXPECT_EQ(values.stddev, 0.5);
  EXPECT_EQ(change->state->windows[1].count, 0);
}

TEST(RowTest, ATombstoneIsADeletion) {
  const auto change = ToChange(Record("IBM", absl::nullopt));
  ASSERT_THAT(change, IsOk());
  EXPECT_FALSE(change->state.has_value());
  EXPECT_EQ(RowsJson({{"w", true}}, *change), "");
}

TEST(RowTest, WhatIsNoSnapshotIsRefused) {
  EXPECT_THAT(ToChange(Record("IBM", "\xff\xff")),
              StatusIs(absl::StatusCode::kDataLoss));
  results::Snapshot newer;
  newer.set_format(kPackedFormat + 1);
  const std::string bytes = EncodeResult(newer);
  EXPECT_THAT(ToChange(Record("IBM", bytes)),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(RowTest, KeysAreTheirOwnTextIfTheyCan) {
  EXPECT_EQ(KeyText("IBM"), "IBM");
  EXPECT_EQ(KeyText(""), "");
  EXPECT_EQ(KeyText("a\\xb\n\xc3\xa9"), "a\\xb\n\xc3\xa9");
  EXPECT_EQ(KeyText("\xff\x01"), "\\xff01");
  EXPECT_EQ(KeyText(absl::string_view("a\0b", 3)), "\\x610062");
}

TEST(RowTest, NoTwoKeysHaveOneText) {
  const std::set<std::string> texts = {
      KeyText("\xff"), KeyText("\\xff"), KeyText("\\x5c786666"),
      KeyText(absl::string_view("\0", 1)), KeyText("\\x00")};
  EXPECT_THAT(texts, SizeIs(5));
}

TEST(RowTest, RowsAsJson) {
  Change change;
  change.state.emplace();
  change.state->windows = {
      {std::numeric_limits<double>::infinity(), 1, -1, 1e300, 0},
      {0.1, 2, 0, 0, 0},
      {0, 0, 0, 0, 0}};
  EXPECT_EQ(
      RowsJson({{"a", true}, {"b", false}, {"c", true}}, change),
      R"({"a":{"count":1,"average":"inf","min":-1,"max":1e+300,"stddev":0},)"
      R"("b":{"count":2,"average":0.1},"c":{"count":0}})");
}

}  // namespace
}  // namespace exactmean
