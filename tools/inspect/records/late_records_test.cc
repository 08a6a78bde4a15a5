// Which records are late: as a restore has it.

#include "tools/inspect/records/late_records.h"

#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "state/deletion.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

LogRecord RecordOf(const std::string& bytes) {
  LogRecord record;
  record.key = "k";
  record.value = bytes;
  return record;
}

Offset MadeBy(int64_t last_offset) {
  results::Snapshot snapshot;
  snapshot.set_format(1);
  snapshot.set_last_offset(last_offset);
  snapshot.set_records(7);
  const std::string bytes = EncodeResult(snapshot);
  return LateRecords().MadeBy(RecordOf(bytes)).value();
}

results::Checkpoint CheckpointAt(int64_t next, results::Delivery mode) {
  results::Checkpoint checkpoint;
  checkpoint.set_next_offset(next);
  checkpoint.set_delivery(mode);
  return checkpoint;
}

TEST(LateRecordsTest, ASnapshotTellsByWhatItWasMade) {
  EXPECT_EQ(MadeBy(0), Offset(0));
  EXPECT_EQ(MadeBy(5), Offset(5));
  EXPECT_EQ(MadeBy(int64_t{1} << 40), Offset(int64_t{1} << 40));
  EXPECT_EQ(LateRecords().MadeBy(RecordOf("none")).value(),
            LateRecords::kUnknown);
  EXPECT_EQ(LateRecords().MadeBy(RecordOf("")).value(), LateRecords::kUnknown);
  // A restore refuses these.
  EXPECT_EQ(MadeBy(kHighest), LateRecords::kUnknown);
  EXPECT_EQ(MadeBy(-2), LateRecords::kUnknown);
}

TEST(LateRecordsTest, ATombstoneTellsItToo) {
  LateRecords late;
  late.Hold(CheckpointAt(5, results::AT_LEAST_ONCE));
  LogRecord tombstone;
  tombstone.key = "k";
  EXPECT_EQ(late.MadeBy(tombstone).value(), LateRecords::kUnknown);
  tombstone.read_headers = [](const void*) -> absl::StatusOr<Headers> {
    return Headers{DeletionHeader(Offset(7))};
  };
  EXPECT_EQ(late.MadeBy(tombstone).value(), Offset(7));
  tombstone.read_headers = [](const void*) -> absl::StatusOr<Headers> {
    return Headers{DeletionHeader(Offset(kHighest))};
  };
  EXPECT_EQ(late.MadeBy(tombstone).value(), LateRecords::kUnknown);
  tombstone.read_headers = [](const void*) -> absl::StatusOr<Headers> {
    return absl::DataLossError("no headers");
  };
  EXPECT_THAT(late.MadeBy(tombstone).status(),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LateRecordsTest, OfTwoTheLaterCountsWithoutTransactions) {
  LateRecords late;
  EXPECT_FALSE(late.IsLate("k", Offset(1), true, Offset(2)));
  late.Hold(CheckpointAt(5, results::EXACTLY_ONCE));
  EXPECT_FALSE(late.IsLate("k", Offset(1), true, Offset(2)));
  EXPECT_FALSE(late.IsLate(CheckpointAt(4, results::AT_LEAST_ONCE)));
  late.Hold(CheckpointAt(5, results::AT_LEAST_ONCE));
  EXPECT_TRUE(late.IsLate("k", Offset(1), true, Offset(2)));
  EXPECT_FALSE(late.IsLate("k", Offset(2), true, Offset(2)));
  EXPECT_FALSE(late.IsLate("k", LateRecords::kUnknown, true, Offset(2)));
  EXPECT_TRUE(late.IsLate(CheckpointAt(4, results::AT_MOST_ONCE)));
  EXPECT_FALSE(late.IsLate(CheckpointAt(4, results::EXACTLY_ONCE)));
}

TEST(LateRecordsTest, ADeletionIsRemembered) {
  LateRecords late;
  late.Hold(CheckpointAt(5, results::AT_LEAST_ONCE));
  EXPECT_FALSE(late.IsLate("k", Offset(6), false, Offset(2)));
  EXPECT_TRUE(late.IsAnyDeletionAhead());
  EXPECT_TRUE(late.IsLate("k", Offset(4), true, LateRecords::kUnknown));
  EXPECT_FALSE(late.IsLate("k", Offset(7), true, LateRecords::kUnknown));
  EXPECT_FALSE(late.IsAnyDeletionAhead());
  EXPECT_FALSE(late.IsLate("j", Offset(4), false, Offset(2)));
  EXPECT_FALSE(late.IsAnyDeletionAhead());
  EXPECT_TRUE(late.IsAhead(Offset(5)));
  EXPECT_FALSE(late.IsAhead(Offset(4)));
}

}  // namespace
}  // namespace exactmean
