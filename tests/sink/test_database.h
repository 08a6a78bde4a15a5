// A database for a test, of either kind, with tables of its own.

#ifndef EXACTMEAN_TESTS_SINK_TEST_DATABASE_H_
#define EXACTMEAN_TESTS_SINK_TEST_DATABASE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "state/types.h"
#include "tests/sink/local_postgres.h"
#include "tools/inspect/text/format.h"
#include "tools/sink/database.h"

namespace exactmean {

enum class DatabaseKind { kSqlite, kPostgres };

std::string Name(DatabaseKind kind);

// One row in one line, numbers bit by bit, so that equal lines are equal rows.
// Empty `values`: of an empty window.
struct RowValues {
  double average = 0;
  absl::optional<double> min, max, stddev;
};
std::string TableRow(const std::string& key, const std::string& window,
                     int32_t partition, absl::optional<RowValues> values,
                     int64_t count, int64_t event_time, int64_t records,
                     int64_t last_offset, int64_t results_offset);

// The rows that a topic stands for: of `newest` results records, live ones, by
// partition and key. Worked out by this file alone.
struct NewestRecord {
  Offset offset;
  std::string value;
};
using NewestRecords = std::map<std::pair<Partition, std::string>, NewestRecord>;
std::set<std::string> ExpectedRows(const NewestRecords& newest,
                                   const std::vector<NamedWindow>& windows);

struct TestDatabase {
  DatabaseKind kind = DatabaseKind::kSqlite;
  std::string table;                   // its name
  std::string address;                 // as --database has it
  std::unique_ptr<Database> database;  // not connected; no tables yet

  // One more connection to the same tables.
  std::unique_ptr<Database> Another() const;

  // All of the table, in an order: see TableRow.
  std::set<std::string> Rows() const;
  // Of the positions: partition and offset.
  std::map<int32_t, int64_t> Positions() const;

  // By a connection of its own; a NULL is "NULL". A test failure when it fails.
  std::vector<std::vector<std::string>> Query(const std::string& sql) const;
};

// Tables that no other test has. A test failure, and null, when there is no
// such database.
std::unique_ptr<TestDatabase> MakeTestDatabase(DatabaseKind kind);

// The server that all tests of a binary share; ended with the process.
LocalPostgres& SharedPostgres();

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SINK_TEST_DATABASE_H_
