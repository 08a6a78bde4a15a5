// TestDatabase.

#include "tests/sink/test_database.h"

#include <sqlite3.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "tests/status_matchers.h"
#include "tools/sink/postgres.h"
#include "tools/sink/sqlite.h"

namespace exactmean {
namespace {

using Lines = std::vector<std::vector<std::string>>;

constexpr absl::string_view kSqlitePrefix = "sqlite:";

std::string PathOf(absl::string_view address) {
  absl::ConsumePrefix(&address, kSqlitePrefix);
  return std::string(address);
}

Lines QuerySqlite(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 10000);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr),
            SQLITE_OK)
      << sql << ": " << sqlite3_errmsg(database);
  Lines rows;
  int code = SQLITE_DONE;
  while (statement != nullptr &&
         (code = sqlite3_step(statement)) == SQLITE_ROW) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      // A number as PostgreSQL prints it: 3, not 3.0.
      if (sqlite3_column_type(statement, i) == SQLITE_FLOAT) {
        row.push_back(
            absl::StrFormat("%.17g", sqlite3_column_double(statement, i)));
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

std::string TableRow(const std::string& key, const std::string& window,
                     int32_t partition, absl::optional<RowValues> values,
                     int64_t count, int64_t event_time, int64_t records,
                     int64_t last_offset, int64_t results_offset) {
  const auto text = [](absl::optional<double> value) {
    return value.has_value() ? absl::StrFormat("%.17g", *value) : "NULL";
  };
  const bool full = values.has_value();
  const RowValues shown = values.value_or(RowValues());
  return absl::StrFormat(
      "%s[%d] %s: average %s, min %s, max %s, stddev %s of %d; at %d, %d "
      "records to %d; %d",
      absl::CHexEscape(key), partition, window,
      full ? text(shown.average) : "NULL", text(shown.min), text(shown.max),
      text(shown.stddev), count, event_time, records, last_offset,
      results_offset);
}

std::set<std::string> ExpectedRows(const NewestRecords& newest,
                                   const std::vector<NamedWindow>& windows) {
  std::set<std::string> rows;
  for (const auto& [key, record] : newest) {
    results::Snapshot snapshot;
    EXPECT_TRUE(snapshot.ParseFromString(record.value)) << key.second;
    EXPECT_EQ(static_cast<size_t>(snapshot.averages_size()), windows.size());
    for (int i = 0; i < snapshot.averages_size(); ++i) {
      const results::Average& average = snapshot.averages(i);
      const NamedWindow& window = windows[static_cast<size_t>(i)];
      absl::optional<RowValues> values;
      if (average.count() > 0) {
        values.emplace();
        values->average = average.average();
        if (window.has_spread) {
          values->min = average.min();
          values->max = average.max();
          values->stddev = average.stddev();
        }
      }
      rows.insert(TableRow(key.second, window.name, key.first.value(), values,
                           static_cast<int64_t>(average.count()),
                           snapshot.event_time(),
                           static_cast<int64_t>(snapshot.records()),
                           snapshot.last_offset(), record.offset.value()));
    }
  }
  return rows;
}

std::set<std::string> TestDatabase::Rows() const {
  const bool sqlite = kind == DatabaseKind::kSqlite;
  std::set<std::string> lines;
  for (const std::vector<std::string>& row : Query(absl::StrCat(
           "SELECT key, window_name, partition, average, min, max, stddev, "
           "count, records, last_offset, results_offset, ",
           sqlite ? "event_time"
                  : "(extract(epoch FROM event_time) * 1000000)::bigint",
           " FROM ", table))) {
    const auto integer = [&](size_t i) {
      return std::strtoll(row[i].c_str(), nullptr, 10);
    };
    const auto real = [&](size_t i) {
      return row[i] == "NULL" ? absl::optional<double>()
                              : std::strtod(row[i].c_str(), nullptr);
    };
    absl::optional<RowValues> values;
    if (real(3).has_value()) {
      values = RowValues{*real(3), real(4), real(5), real(6)};
    }
    int64_t time = sqlite ? 0 : integer(11);
    if (sqlite) {
      absl::Time parsed;
      std::string why;
      EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, row[11], &parsed, &why));
      time = absl::ToUnixMicros(parsed);
    }
    lines.insert(TableRow(row[0], row[1], static_cast<int32_t>(integer(2)),
                          values, integer(7), time, integer(8), integer(9),
                          integer(10)));
  }
  return lines;
}

std::map<int32_t, int64_t> TestDatabase::Positions() const {
  std::map<int32_t, int64_t> positions;
  for (const std::vector<std::string>& row : Query(absl::StrCat(
           "SELECT partition, next_offset FROM ", table, "_positions"))) {
    positions[std::atoi(row[0].c_str())] =
        std::strtoll(row[1].c_str(), nullptr, 10);
  }
  return positions;
}

Lines TestDatabase::Query(const std::string& sql) const {
  if (kind == DatabaseKind::kSqlite) return QuerySqlite(PathOf(address), sql);
  auto rows = SharedPostgres().Query(sql);
  EXPECT_THAT(rows, IsOk());
  return rows.ok() ? *std::move(rows) : Lines();
}

}  // namespace exactmean
