// The head of snapshots: of the product's, of other encoders', of garbage.

#include "tools/inspect/records/snapshot_head.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

results::Snapshot Example() {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.set_last_offset(300);
  snapshot.set_event_time(-1);
  snapshot.set_records(200);
  for (int i = 0; i < 3; ++i) {
    snapshot.add_averages()->set_average(1.5 + i);
    snapshot.mutable_averages(i)->set_count(7);
  }
  return snapshot;
}

// What a window of each kind holds.
void AddWindows(results::Snapshot* snapshot) {
  snapshot->set_retried(2);
  for (int i = 0; i < 100; ++i) {
    snapshot->mutable_samples()->add_values(i);
    snapshot->mutable_timed()->add_values(i);
    snapshot->mutable_timed()->add_time_deltas(i);
  }
  snapshot->add_panes()->add_moments()->set_sum(5);
  snapshot->add_decayed()->set_weight(5);
  snapshot->mutable_cumulative()->set_sum(5);
}

TEST(SnapshotHeadTest, IsAPartOfTheBytes) {
  results::Snapshot snapshot = Example();
  const std::string head = EncodeResult(snapshot);
  SnapshotHead of;
  EXPECT_THAT(of.Of(head), IsOkAndHolds(head));
  AddWindows(&snapshot);
  const std::string whole = EncodeResult(snapshot);
  const auto found = of.Of(whole);
  results::Snapshot packed = Example();
  packed.set_format(kPackedFormat);
  EXPECT_THAT(found, IsOkAndHolds(EncodeResult(packed)));
  EXPECT_EQ(found->data(), whole.data()) << "no copy";
}

TEST(SnapshotHeadTest, OtherEncodersMayOrderFieldsOtherwise) {
  results::Snapshot windows;
  AddWindows(&windows);
  windows.clear_retried();
  const std::string head = EncodeResult(Example());
  SnapshotHead of;
  EXPECT_THAT(of.Of(EncodeResult(windows) + head), IsOkAndHolds(head));
  // The last of two counts of records.
  results::Snapshot more = Example();
  more.set_records(201);
  EXPECT_THAT(of.Of(head + EncodeResult(windows) + "\x20\xc9\x01"),
              IsOkAndHolds(EncodeResult(more)));
}

TEST(SnapshotHeadTest, WhatIsNoSnapshot) {
  SnapshotHead of;
  EXPECT_THAT(of.Of("no snapshot"), StatusIs(absl::StatusCode::kDataLoss,
                                             HasSubstr("not a snapshot: 11")));
  results::Snapshot newer = Example();
  newer.set_format(kPackedFormat + 1);
  EXPECT_THAT(of.Of(EncodeResult(newer)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("of format 3")));
  EXPECT_THAT(of.Of(""), StatusIs(absl::StatusCode::kDataLoss));
}

// It agrees with the decoder on every cut, and on most flipped bits; where it
// is content and the decoder is not, the trouble lies within a field.
TEST(SnapshotHeadTest, CutOffAnywhere) {
  results::Snapshot snapshot = Example();
  AddWindows(&snapshot);
  const std::string whole = EncodeResult(snapshot);
  SnapshotHead of;
  results::Snapshot decoded;
  for (size_t size = 0; size < whole.size(); ++size) {
    const absl::string_view cut = absl::string_view(whole).substr(0, size);
    EXPECT_EQ(of.Of(cut).ok(), DecodeSnapshot(cut, &decoded).ok()) << size;
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string bent = whole;
    bent[random() % bent.size()] ^= static_cast<char>(1 << random() % 8);
    if (DecodeSnapshot(bent, &decoded).ok()) {
      ASSERT_THAT(of.Of(bent), IsOk());
    }
  }
}

}  // namespace
}  // namespace exactmean
