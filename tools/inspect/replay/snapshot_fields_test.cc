// In what snapshots differ, in words.

#include "tools/inspect/replay/snapshot_fields.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"

namespace exactmean {

static void PrintTo(const FieldDifference& d, std::ostream* out) {
  *out << d.field << ": " << d.one << " | " << d.other;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string>& Names() {
  static const auto* const kNames =
      new std::vector<std::string>{"last2", "all"};
  return *kNames;
}

results::Snapshot Some() {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.set_last_offset(7);
  snapshot.set_records(3);
  for (double average : {1.5, 0.1}) {
    snapshot.add_averages()->set_average(average);
  }
  snapshot.mutable_samples()->add_values(1);
  snapshot.mutable_samples()->add_values(2);
  snapshot.mutable_cumulative()->set_count(3);
  return snapshot;
}

TEST(SnapshotFieldsTest, NamesWindowsAndTellsNumbersApart) {
  results::Snapshot other = Some();
  other.mutable_averages(1)->set_average(0.1 + 0.2 - 0.2);
  other.mutable_samples()->set_values(1, 3);
  other.mutable_cumulative()->set_count(4);
  EXPECT_THAT(
      SnapshotDifferences(EncodeResult(Some()), EncodeResult(other), Names()),
      ElementsAre(FieldDifference{"all.average", "0.1", "0.10000000000000003"},
                  FieldDifference{"samples.values[1]", "2", "3"},
                  FieldDifference{"cumulative.count", "3", "4"}));
}

TEST(SnapshotFieldsTest, ValuesThatOneAloneHas) {
  results::Snapshot other = Some();
  other.mutable_samples()->clear_values();
  other.mutable_samples()->add_values(1);
  other.add_panes()->add_index_deltas(5);
  EXPECT_THAT(
      SnapshotDifferences(EncodeResult(Some()), EncodeResult(other), Names()),
      ElementsAre(FieldDifference{"samples.values[1]", "2", "-"},
                  FieldDifference{"panes[0].index_deltas[0]", "-", "5"}));
}

TEST(SnapshotFieldsTest, WhatIsNoSnapshotOrEncodedInAnotherWay) {
  const std::string good = EncodeResult(Some());
  EXPECT_THAT(SnapshotDifferences(good, good, Names()), IsEmpty());
  const auto corrupt = SnapshotDifferences(good, "\xff", Names());
  ASSERT_EQ(corrupt.size(), 1u);
  EXPECT_EQ(corrupt[0].field, "bytes");
  // A field that this version does not know.
  const auto longer = SnapshotDifferences(good, good + "\xa0\x06\x01", Names());
  ASSERT_EQ(longer.size(), 1u);
}

}  // namespace
}  // namespace exactmean
