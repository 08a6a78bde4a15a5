// What other sessions, and what users have put into a database, do to the sink,
// and what it does to theirs.

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/sink/test_database.h"
#include "tests/status_matchers.h"
#include "tools/sink/database.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Row = std::vector<std::string>;

const Windows kWindows = {{"last", true}};

Change Set(const std::string& key, int64_t offset, double average) {
  Change change;
  change.offset = Offset(offset);
  change.text = key;
  change.state = KeyState{1700000000123456, 7, 41, {{average, 2, 0, 0, 0}}};
  return change;
}

StoredPosition Position(int64_t next) {
  StoredPosition position;
  position.next = Offset(next);
  position.topic = "out";
  position.topic_id = "id";
  position.owner = "me";
  return position;
}

class DatabaseUsersTest : public ::testing::TestWithParam<DatabaseKind> {
 protected:
  DatabaseUsersTest() : tested_(MakeTestDatabase(GetParam())) {}

  void SetUp() override {
    ASSERT_THAT(db().Connect(), IsOk());
    ASSERT_THAT(db().CreateTables(), IsOk());
    ASSERT_THAT(db().CheckTables(), IsOk());
  }
  Database& db() { return *tested_->database; }
  bool postgres() const { return GetParam() == DatabaseKind::kPostgres; }
  void Store(int64_t next) {
    ASSERT_THAT(db().Begin(), IsOk());
    ASSERT_THAT(db().LockPositions(), IsOk());
    ASSERT_THAT(db().StorePositions({Position(next)}), IsOk());
    ASSERT_THAT(db().Commit(), IsOk());
  }
  // "key offset".
  std::vector<Row> Rows() {
    return tested_->Query(absl::StrCat("SELECT key, results_offset FROM ",
                                       tested_->table, " ORDER BY key"));
  }

  const std::unique_ptr<TestDatabase> tested_;
};

INSTANTIATE_TEST_SUITE_P(Each, DatabaseUsersTest,
                         ::testing::Values(DatabaseKind::kSqlite,
                                           DatabaseKind::kPostgres),
                         [](const auto& one) { return Name(one.param); });

// Whoever writes has locked the positions, and is about to change them.
TEST_P(DatabaseUsersTest, ATakeoverWaitsForWhoeverWrites) {
  Store(1);
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().LockPositions(), IsOk());
  const auto other = tested_->Another();
  ASSERT_THAT(other->Connect(), IsOk());
  std::vector<StoredPosition> found;
  std::future<absl::Status> taken =
      std::async(std::launch::async, [&]() -> absl::Status {
        absl::Status status = other->Begin();
        if (status.ok()) status = other->LockForTakeover();
        if (!status.ok()) return status;
        auto positions = other->LockPositions();
        if (!positions.ok()) return positions.status();
        found = *std::move(positions);
        return other->Commit();
      });
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (postgres() && absl::Now() < deadline &&
         tested_->Query("SELECT 1 FROM pg_locks WHERE NOT granted").empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(taken.wait_for(std::chrono::milliseconds(300)),
            std::future_status::timeout);
  EXPECT_THAT(db().StorePositions({Position(2)}), IsOk());
  EXPECT_THAT(db().Commit(), IsOk());
  ASSERT_THAT(taken.get(), IsOk());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().next, Offset(2)) << "it has not waited";
}

TEST_P(DatabaseUsersTest, ColumnsThatUsersAddKeepTheirValues) {
  Store(1);
  tested_->Query(absl::StrCat("ALTER TABLE ", tested_->table,
                              "_positions ADD COLUMN note TEXT"));
  tested_->Query(
      absl::StrCat("UPDATE ", tested_->table, "_positions SET note = 'mine'"));
  Store(2);
  EXPECT_THAT(tested_->Query(absl::StrCat("SELECT next_offset, note FROM ",
                                          tested_->table, "_positions")),
              ElementsAre(Row{"2", "mine"}));
}

// Its next record is to replace it, and the end of a resync to leave it.
TEST_P(DatabaseUsersTest, TheRowsOfARefusedRecordStay) {
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(
      db().Apply(kWindows, {Set("a", 5, 1), Set("b", 6, 2), Set("c", 7, 3)}),
      IsOk());
  ASSERT_THAT(db().Unconfirm(Partition(0), ReplacedBy::kItsOwnOrLater), IsOk());
  // Of "c" it is one from before its row.
  for (const std::string key : {"a", "c"}) {
    ASSERT_THAT(
        db().Reject(kWindows, Set(key, 5, 1), "refused", absl::UnixEpoch()),
        IsOk());
  }
  ASSERT_THAT(db().Apply(kWindows, {Set("b", 6, 2)}), IsOk());
  EXPECT_THAT(db().SweepUnconfirmed(Partition(0)), IsOkAndHolds(1));
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(tested_->Query(absl::StrCat("SELECT key FROM ", tested_->table)),
              UnorderedElementsAre(Row{"a"}, Row{"b"}));
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().Apply(kWindows, {Set("a", 8, 4)}), IsOk());
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(Rows(), ElementsAre(Row{"a", "8"}, Row{"b", "6"}));
  // One that was refused outside of a resync leaves them as they are.
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(
      db().Reject(kWindows, Set("b", 9, 5), "refused", absl::UnixEpoch()),
      IsOk());
  ASSERT_THAT(db().Commit(), IsOk());
  EXPECT_THAT(Rows(), ElementsAre(Row{"a", "8"}, Row{"b", "6"}));
}

// RAISE(ROLLBACK) takes back what the sink did before, too.
TEST_P(DatabaseUsersTest, ATriggerThatEndsTheTransaction) {
  if (postgres()) GTEST_SKIP() << "no trigger of PostgreSQL can";
  tested_->Query(absl::StrCat("CREATE TRIGGER greedy BEFORE INSERT ON ",
                              tested_->table,
                              " WHEN NEW.key = 'bad' BEGIN SELECT "
                              "RAISE(ROLLBACK, 'not that one'); END"));
  ASSERT_THAT(db().Begin(), IsOk());
  ASSERT_THAT(db().Apply(kWindows, {Set("good", 1, 1)}), IsOk());
  const absl::Status status = db().Apply(kWindows, {Set("bad", 2, 2)});
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig) << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("RAISE(ROLLBACK"), HasSubstr("RAISE(ABORT"),
                    HasSubstr("not that one")));
  db().Rollback();
  EXPECT_THAT(Rows(), IsEmpty());
}

}  // namespace
}  // namespace exactmean
