// TestDatabase.

#include "tests/sink/test_database.h"

#include <sqlite3.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/sink/postgres.h"
#include "tools/sink/sqlite.h"

namespace exactmean {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr absl::string_view kSqlitePrefix = "sqlite:";

std::string PathOf(absl::string_view address) {
  absl::ConsumePrefix(&address, kSqlitePrefix);
  return std::string(address);
}

Rows QuerySqlite(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 10000);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr),
            SQLITE_OK)
      << sql << ": " << sqlite3_errmsg(database);
  Rows rows;
  int code = SQLITE_DONE;
  while (statement != nullptr &&
         (code = sqlite3_step(statement)) == SQLITE_ROW) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      // A number as PostgreSQL prints it: 3, not 3.0.
      if (sqlite3_column_type(statement, i) == SQLITE_FLOAT) {
        row.push_back(absl::StrCat(sqlite3_column_double(statement, i)));
        continue;
      }
      const auto* const text =
          reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.emplace_back(text == nullptr ? "NULL" : text);
    }
  }
  EXPECT_EQ(code, SQLITE_DONE) << sql << ": " << sqlite3_errmsg(database);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

}  // namespace

std::string Name(DatabaseKind kind) {
  return kind == DatabaseKind::kSqlite ? "Sqlite" : "Postgres";
}

LocalPostgres& SharedPostgres() {
  static auto* const server = [] {
    auto started = LocalPostgres::Start();
    if (!started.ok()) {
      std::cerr << started.status() << std::endl;
      std::abort();
    }
    return new std::unique_ptr<LocalPostgres>(*std::move(started));
  }();
  static const bool registered = [] {
    std::atexit([] { server->reset(); });
    return true;
  }();
  (void)registered;
  return **server;
}

std::unique_ptr<Database> TestDatabase::Another() const {
  auto made = kind == DatabaseKind::kSqlite ? MakeSqlite(PathOf(address), table)
                                            : MakePostgres(address, table);
  EXPECT_THAT(made, IsOk());
  return made.ok() ? *std::move(made) : nullptr;
}

std::unique_ptr<TestDatabase> MakeTestDatabase(DatabaseKind kind) {
  static int made = 0;
  auto tested = std::make_unique<TestDatabase>();
  tested->kind = kind;
  tested->table = absl::StrCat("averages", ++made);
  tested->address = kind == DatabaseKind::kSqlite
                        ? absl::StrCat(kSqlitePrefix, ::testing::TempDir(),
                                       "/sink", made, ".db")
                        : SharedPostgres().address();
  tested->database = tested->Another();
  return tested;
}

Rows TestDatabase::Query(const std::string& sql) const {
  if (kind == DatabaseKind::kSqlite) return QuerySqlite(PathOf(address), sql);
  auto rows = SharedPostgres().Query(sql);
  EXPECT_THAT(rows, IsOk());
  return rows.ok() ? *std::move(rows) : Rows();
}

}  // namespace exactmean
