// What SinkTable relies on, of every database: the same on SQLite and on a real
// PostgreSQL.

#include "tools/sink/database.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sink/test_database.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Row = std::vector<std::string>;

const Windows kWindows = {{"last", true}, {"ewma", false}};

Change Set(const std::string& key, int64_t offset, double average,
           int32_t partition = 0) {
  Change change;
  change.partition = Partition(partition);
  change.offset = Offset(offset);
  change.text = key;
  change.state = KeyState{
      1700000000123456,
      7,
      41,
      {{average, 2, average - 1, average + 1, 0.5}, {average / 4, 3, 0, 0, 0}}};
  return change;
}

Change Gone(const std::string& key, int64_t offset, int32_t partition = 0) {
  Change change;
  change.partition = Partition(partition);
  change.offset = Offset(offset);
  change.text = key;
  return change;
}

StoredPosition Position(int32_t partition, int64_t next) {
  StoredPosition position;
  position.partition = Partition(partition);
  position.next = Offset(next);
  position.topic = "out";
  position.topic_id = "id";
  position.caught_up_at = absl::FromUnixMicros(1700000000000001);
  position.owner = "me";
  return position;
}

class DatabaseTest : public ::testing::TestWithParam<DatabaseKind> {
 protected:
  DatabaseTest() : tested_(MakeTestDatabase(GetParam())) {}

  void SetUp() override {
    ASSERT_THAT(db().Connect(), IsOk());
    ASSERT_THAT(db().CreateTables(), IsOk());
    ASSERT_THAT(db().CheckTables(), IsOk());
  }
  Database& db() { return *tested_->database; }

  absl::Status Commit(const std::vector<Change>& changes) {
    absl::Status status = db().Begin();
    if (status.ok()) status = db().Apply(kWindows, changes);
    if (status.ok()) return db().Commit();
    db().Rollback();
    return status;
  }
  // "key window average offset", sorted.
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    for (const Row& row : tested_->Query(absl::StrCat(
             "SELECT key, window_name, average, results_offset FROM ",
             tested_->table, " ORDER BY key, window_name, partition"))) {
      rows.push_back(
          absl::StrCat(row[0], " ", row[1], " ", row[2], " ", row[3]));
    }
    return rows;
  }
  std::string One(const std::string& sql) {
    const std::vector<Row> rows = tested_->Query(sql);
    return rows.size() == 1 ? rows[0][0] : "not one row";
  }

  const std::unique_ptr<TestDatabase> tested_;
};

INSTANTIATE_TEST_SUITE_P(Each, DatabaseTest,
                         ::testing::Values(DatabaseKind::kSqlite,
                                           DatabaseKind::kPostgres),
                         [](const auto& one) { return Name(one.param); });

TEST_P(DatabaseTest, WritesEveryColumn) {
  ASSERT_THAT(Commit({Set("IBM", 5, 10.5, 3)}), IsOk());
  const bool postgres = GetParam() == DatabaseKind::kPostgres;
  EXPECT_THAT(
      tested_->Query(absl::StrCat(
          "SELECT key, window_name, partition, average, count, min, max, "
          "stddev, ",
          postgres ? "to_char(event_time AT TIME ZONE 'UTC', "
                     "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                   : "event_time",
          ", records, last_offset, results_offset FROM ", tested_->table,
          " ORDER BY window_name")),
      ElementsAre(Row{"IBM", "ewma", "3", "2.625", "3", "NULL", "NULL", "NULL",
                      "2023-11-14T22:13:20.123456Z", "7", "41", "5"},
                  Row{"IBM", "last", "3", "10.5", "2", "9.5", "11.5", "0.5",
                      "2023-11-14T22:13:20.123456Z", "7", "41", "5"}));
}

TEST_P(DatabaseTest, AnEmptyWindowHasNoAverage) {
  Change change = Set("IBM", 5, 10.5);
  change.state->windows[0].count = 0;
  ASSERT_THAT(Commit({change}), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("IBM ewma 2.625 5", "IBM last NULL 5"));
}

TEST_P(DatabaseTest, ValuesComeBackBitByBit) {
  Change change = Set("k", 1, 0.1 + 0.2);
  change.state->windows[1].average = 4.9406564584124654e-324;
  ASSERT_THAT(Commit({change}), IsOk());
  EXPECT_EQ(One(absl::StrCat("SELECT count(*) FROM ", tested_->table,
                             " WHERE window_name = 'last' AND average = "
                             "0.30000000000000004 AND max >= 1.3")),
            "1");
}

TEST_P(DatabaseTest, KeysMayHoldAnyText) {
  const std::vector<std::string> keys = {
      "",      "it's", "\"q\"", "a\\b", "\xc3\xa9", "\xf0\x9f\x98\x80",
      "{1,2}", "NULL"};
  std::vector<Change> changes;
  for (const std::string& key : keys) changes.push_back(Set(key, 1, 1));
  ASSERT_THAT(Commit(changes), IsOk());
  for (const std::string& key : keys) {
    ASSERT_THAT(Commit({Gone(key, 2)}), IsOk());
  }
  EXPECT_THAT(Rows(), IsEmpty());
}

TEST_P(DatabaseTest, ALaterRecordReplacesAndAnEarlierOneDoesNot) {
  ASSERT_THAT(Commit({Set("a", 5, 1), Set("b", 6, 2)}), IsOk());
  ASSERT_THAT(Commit({Set("a", 9, 3), Set("b", 6, 4)}), IsOk());
  ASSERT_THAT(Commit({Set("a", 8, 5)}), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("a ewma 0.75 9", "a last 3 9", "b ewma 0.5 6",
                                  "b last 2 6"));
}

TEST_P(DatabaseTest, ATombstoneDeletesUnlessTheRowIsOfALaterRecord) {
  ASSERT_THAT(Commit({Set("a", 5, 1), Set("b", 8, 2)}), IsOk());
  ASSERT_THAT(Commit({Gone("a", 7), Gone("b", 7), Gone("nobody", 7)}), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("b ewma 0.5 8", "b last 2 8"));
}

TEST_P(DatabaseTest, AKeyOfTwoPartitionsIsTwoKeys) {
  ASSERT_THAT(Commit({Set("a", 5, 1, 0), Set("a", 9, 2, 1)}), IsOk());
  ASSERT_THAT(Commit({Gone("a", 7, 0)}), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("a ewma 0.5 9", "a last 2 9"));
}

TEST_P(DatabaseTest, RollbackTakesAllBack) {
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().Apply(kWindows, {Set("a", 5, 1)}), IsOk());
  ASSERT_THAT(db().StorePositions({Position(0, 6)}), IsOk());
  db().Rollback();
  EXPECT_THAT(Rows(), IsEmpty());
  ASSERT_THAT(db().Begin(), IsOk());
  EXPECT_THAT(db().LockPositions(), IsOkAndHolds(IsEmpty()));
  db().Rollback();
  db().Rollback();  // there is none
}

TEST_P(DatabaseTest, PositionsComeBack) {
  StoredPosition resyncing = Position(1, 7);
  resyncing.resync_until = Offset(900);
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().LockForTakeover(), IsOk());
  ASSERT_THAT(db().StorePositions({resyncing, Position(0, 1)}), IsOk());
  ASSERT_THAT(db().StorePositions({Position(0, 5)}), IsOk());
  ASSERT_THAT(db().Commit(), IsOk());
  ASSERT_THAT(db().Begin(), IsOk());
  const auto stored = db().LockPositions();
  ASSERT_THAT(stored, IsOk());
  db().Rollback();
  ASSERT_EQ(stored->size(), 2u);
  EXPECT_EQ(stored->at(0).partition, Partition(0));
  EXPECT_EQ(stored->at(0).next, Offset(5));
  EXPECT_EQ(stored->at(0).topic, "out");
  EXPECT_EQ(stored->at(0).topic_id, "id");
  EXPECT_EQ(stored->at(0).owner, "me");
  EXPECT_EQ(stored->at(0).resync_until, absl::nullopt);
  EXPECT_EQ(stored->at(0).caught_up_at, absl::FromUnixMicros(1700000000000001));
  EXPECT_EQ(stored->at(1).resync_until, Offset(900));
}

TEST_P(DatabaseTest, ARefusedRowLeavesTheTransactionAsItWas) {
  tested_->Query(absl::StrCat("CREATE UNIQUE INDEX one_of_a_kind ON ",
                              tested_->table, " (average)"));
  ASSERT_THAT(Commit({Set("a", 1, 1)}), IsOk());
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().Apply(kWindows, {Set("b", 2, 2)}), IsOk());
  const absl::Status refused =
      db().Apply(kWindows, {Set("c", 3, 3), Set("d", 4, 1)});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("average"));
  ASSERT_THAT(
      db().Reject(kWindows, Set("d", 4, 1), "no \xff", absl::UnixEpoch()),
      IsOk());
  ASSERT_THAT(db().Reject(kWindows, Set("d", 4, 1), "no", absl::UnixEpoch()),
              IsOk());
  ASSERT_THAT(db().Reject(kWindows, Gone("e", 5), "no", absl::UnixEpoch()),
              IsOk());
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("a ewma 0.25 1", "a last 1 1", "b ewma 0.5 2",
                                  "b last 2 2"));
  EXPECT_EQ(One(absl::StrCat("SELECT windows FROM ", tested_->table,
                             "_rejected WHERE results_offset = 4")),
            R"({"last":{"count":2,"average":1,"min":0,"max":2,"stddev":0.5},)"
            R"("ewma":{"count":3,"average":0.25}})");
  EXPECT_EQ(One(absl::StrCat("SELECT windows FROM ", tested_->table,
                             "_rejected WHERE results_offset = 5")),
            "NULL");
}

TEST_P(DatabaseTest, DoubtedRowsGoUnlessConfirmed) {
  ASSERT_THAT(Commit({Set("a", 5, 1), Set("b", 6, 2), Set("other", 6, 3, 1)}),
              IsOk());
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().Unconfirm(Partition(0), ReplacedBy::kAny), IsOk());
  ASSERT_THAT(db().Apply(kWindows, {Set("a", 1, 4)}), IsOk());
  EXPECT_THAT(db().SweepUnconfirmed(Partition(0)), IsOkAndHolds(2));
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("a ewma 1 1", "a last 4 1",
                                  "other ewma 0.75 6", "other last 3 6"));
}

TEST_P(DatabaseTest, NoDoubtedRowGoesBack) {
  ASSERT_THAT(Commit({Set("a", 5, 1), Set("b", 6, 2)}), IsOk());
  ASSERT_THAT(db().Begin(), IsOk());
  for (int again = 0; again < 2; ++again) {
    ASSERT_THAT(db().Unconfirm(Partition(0), ReplacedBy::kItsOwnOrLater),
                IsOk());
  }
  ASSERT_THAT(db().Apply(kWindows, {Set("a", 4, 4), Gone("b", 5)}), IsOk());
  ASSERT_THAT(db().Apply(kWindows, {Set("a", 5, 1), Gone("b", 7)}), IsOk());
  EXPECT_THAT(db().SweepUnconfirmed(Partition(0)), IsOkAndHolds(0));
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("a ewma 0.25 5", "a last 1 5"));
}

TEST_P(DatabaseTest, DropsWhatLiesBeyondTheLastPartition) {
  ASSERT_THAT(Commit({Set("a", 5, 1, 0), Set("b", 6, 2, 2)}), IsOk());
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().StorePositions({Position(0, 1), Position(2, 1)}), IsOk());
  ASSERT_THAT(db().DropPartitions(2), IsOk());
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(Rows(), ElementsAre("a ewma 0.25 5", "a last 1 5"));
  EXPECT_EQ(
      One(absl::StrCat("SELECT count(*) FROM ", tested_->table, "_positions")),
      "1");
}

TEST_P(DatabaseTest, NobodyElseGetsPastTheLock) {
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().LockForTakeover(), IsOk());
  ASSERT_THAT(db().StorePositions({Position(0, 1)}), IsOk());
  const auto other = tested_->Another();
  ASSERT_THAT(other->Connect(), IsOk());
  absl::Status locked = other->Begin();
  if (locked.ok()) locked = other->LockForTakeover();
  EXPECT_THAT(locked, StatusIs(absl::StatusCode::kUnavailable));
  other->Rollback();
  ASSERT_THAT(db().Commit(), IsOk());
  ASSERT_THAT(other->Begin(), IsOk());
  const auto positions = other->LockPositions();
  ASSERT_THAT(positions, IsOk());
  EXPECT_EQ(positions->size(), 1u);
  other->Rollback();
}

TEST_P(DatabaseTest, UsersMayAddColumnsAndTriggers) {
  tested_->Query(
      absl::StrCat("ALTER TABLE ", tested_->table, " ADD COLUMN note TEXT"));
  EXPECT_THAT(db().CheckTables(), IsOk());
  EXPECT_THAT(Commit({Set("a", 1, 1)}), IsOk());
}

}  // namespace
}  // namespace exactmean
