// A snapshot or tombstone of a stranger: it is refused when the offset by which
// it was made is that of no record, before anything is reckoned with it.

#include <cstdint>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/plain_restore_testing.h"
#include "state/result_codec.h"
#include "state/types.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

class StrangeRecordTest : public PlainRestoreTest {
 protected:
  // A snapshot of "a", or a tombstone of it.
  static Written SnapshotMadeBy(int64_t offset, const OrderedLog& log) {
    results::Snapshot snapshot;
    EXPECT_EQ(log[0].key, "a");
    EXPECT_THAT(DecodeSnapshot(*log[0].value, &snapshot), IsOk());
    snapshot.set_last_offset(offset);
    return {"a", EncodeResult(snapshot), absl::nullopt};
  }
  static Written TombstoneMadeBy(int64_t offset) {
    return {"a", absl::nullopt, Offset(offset)};
  }
  // What `log` comes to when the record follows it.
  absl::StatusOr<bool> ReadWith(const Written& record, OrderedLog log,
                                PartitionState* state) {
    log.push_back(record);
    return Read(log, state);
  }
};

TEST_F(StrangeRecordTest, RefusesAnOffsetThatNoRecordHas) {
  OrderedLog log;
  Begun(&log);
  const auto refused =
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(HasSubstr("key \"a\""), HasSubstr("offset of no record")));
  for (const int64_t offset : {kLowest, int64_t{-2}, kHighest}) {
    for (const Written& record :
         {SnapshotMadeBy(offset, log), TombstoneMadeBy(offset)}) {
      PartitionState state(&alo_, kPartition);
      EXPECT_THAT(ReadWith(record, log, &state), refused) << offset;
    }
  }
  for (const Written& record :
       {SnapshotMadeBy(kHighest - 1, log), TombstoneMadeBy(kHighest - 1)}) {
    PartitionState state(&alo_, kPartition);
    EXPECT_THAT(ReadWith(record, log, &state), IsOkAndHolds(true));
    EXPECT_EQ(state.whole_from(), Offset(kHighest));
  }
}

// As with any that cannot be read: its newest record counts.
TEST_F(StrangeRecordTest, OneThatIsReplacedDoesNotMatter) {
  OrderedLog log;
  PartitionState owner = Begun(&log);
  Fold(2, 6, &owner);
  const OrderedLog next = StepOf(&owner);
  for (const Written& record :
       {SnapshotMadeBy(kHighest, log), TombstoneMadeBy(kHighest)}) {
    OrderedLog with = log;
    with.push_back(record);
    Add(next, &with);
    PartitionState state(&alo_, kPartition);
    EXPECT_THAT(Read(with, &state), IsOkAndHolds(true));
    EXPECT_EQ(state.whole_from(), Offset(-1));
    EXPECT_EQ(Snapshots(&state), OneGo(6));
  }
}

}  // namespace
}  // namespace exactmean
