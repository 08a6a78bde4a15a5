// What each database says of tables that are not there, or not as they must be.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/sink/test_database.h"
#include "tests/status_matchers.h"
#include "tools/sink/database.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DatabaseTablesTest : public ::testing::TestWithParam<DatabaseKind> {
 protected:
  DatabaseTablesTest() : tested_(MakeTestDatabase(GetParam())) {}

  void SetUp() override {
    ASSERT_THAT(db().Connect(), IsOk());
    ASSERT_THAT(db().CreateTables(), IsOk());
  }
  Database& db() { return *tested_->database; }

  const std::unique_ptr<TestDatabase> tested_;
};

INSTANTIATE_TEST_SUITE_P(Each, DatabaseTablesTest,
                         ::testing::Values(DatabaseKind::kSqlite,
                                           DatabaseKind::kPostgres),
                         [](const auto& one) { return Name(one.param); });

TEST_P(DatabaseTablesTest, TablesThatAreNotAsTheyMustBe) {
  tested_->Query(absl::StrCat("ALTER TABLE ", tested_->table,
                              " RENAME COLUMN stddev TO deviation"));
  const absl::Status status = db().CheckTables();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(tested_->table),
                    HasSubstr("column stddev is missing: ALTER TABLE")));
}

TEST_P(DatabaseTablesTest, ATableThatIsNotThere) {
  tested_->Query(absl::StrCat("DROP TABLE ", tested_->table, "_rejected"));
  const absl::Status status = db().CheckTables();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("_rejected"), HasSubstr("--create_table")));
  EXPECT_THAT(db().CreateTables(), IsOk());
  EXPECT_THAT(db().CheckTables(), IsOk());
}

}  // namespace
}  // namespace exactmean
