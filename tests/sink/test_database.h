// A database for a test, of either kind, with tables of its own.

#ifndef EXACTMEAN_TESTS_SINK_TEST_DATABASE_H_
#define EXACTMEAN_TESTS_SINK_TEST_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/sink/local_postgres.h"
#include "tools/sink/database.h"

namespace exactmean {

enum class DatabaseKind { kSqlite, kPostgres };

std::string Name(DatabaseKind kind);

struct TestDatabase {
  DatabaseKind kind = DatabaseKind::kSqlite;
  std::string table;                   // its name
  std::string address;                 // as --database has it
  std::unique_ptr<Database> database;  // not connected; no tables yet

  // One more connection to the same tables.
  std::unique_ptr<Database> Another() const;

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
