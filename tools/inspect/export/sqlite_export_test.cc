// Exports to SQLite.

#include <sqlite3.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/export/export_testing.h"
#include "tools/inspect/export/export_writer.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// All cells of a query, as text; NULL as "-".
std::vector<std::string> Query(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(
      sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr),
      SQLITE_OK);
  std::vector<std::string> cells;
  const auto add = [](void* to, int columns, char** values, char**) {
    for (int i = 0; i < columns; ++i) {
      static_cast<std::vector<std::string>*>(to)->push_back(
          values[i] == nullptr ? "-" : values[i]);
    }
    return 0;
  };
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql, add, &cells, &error), SQLITE_OK)
      << error;
  sqlite3_free(error);
  sqlite3_close(database);
  return cells;
}

TEST_F(ExportTest, Sqlite) {
  MakeState();
  const std::string path = ::testing::TempDir() + "/export_test.db";
  const auto writer = MakeSqliteWriter(path);
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT(ExportTo(writer->get()), IsOk());
  ASSERT_THAT((*writer)->Finish(), IsOk());
  EXPECT_THAT(
      Query(path,
            "SELECT partition, last_offset, event_time, records, "
            "last2_average, last2_stddev, ewma_count FROM state "
            "WHERE key = 'b'"),
      ElementsAre("0", "3", "1970-01-01T00:00:03Z", "2", "15.0", "5.0", "2"));
  EXPECT_THAT(Query(path, "SELECT last2_average FROM state WHERE key = x'ff'"),
              ElementsAre("-1.0e+30"));
  EXPECT_THAT(Query(path, "SELECT count(*) FROM state"), ElementsAre("3"));
  EXPECT_THAT(Query(path,
                    "SELECT partition, next_offset, keys, applied, stream_time "
                    "FROM checkpoint ORDER BY partition"),
              ElementsAre("0", "5", "2", "5", "1970-01-01T00:00:03Z",  //
                          "1", "1", "1", "1", "1970-01-01T00:00:00Z"));
}

TEST_F(ExportTest, SqliteCannotTellSmallLettersFromLargeOnes) {
  const std::string path = ::testing::TempDir() + "/export_case_test.db";
  const auto writer = MakeSqliteWriter(path);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT((*writer)->Begin({{"Hour"}, {"day"}, {"hour"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"Hour\" and \"hour\""),
                             HasSubstr("csv or jsonl"))));
}

}  // namespace
}  // namespace exactmean
