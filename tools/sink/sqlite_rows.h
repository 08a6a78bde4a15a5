// The rows of a record in SQLite.

#ifndef EXACTMEAN_TOOLS_SINK_SQLITE_ROWS_H_
#define EXACTMEAN_TOOLS_SINK_SQLITE_ROWS_H_

#include <sqlite3.h>

#include <string>

#include "absl/status/status.h"
#include "tools/sink/row.h"
#include "tools/sink/schema.h"
#include "tools/sink/sqlite_statement.h"

namespace exactmean {

// "?,?,?": one a column.
std::string Placeholders(const Table& table);
// Adds a row, or replaces what the sink has put into the one of its key.
std::string SqliteUpsert(const Table& table);

// As Database has it.
absl::Status DropOtherWindows(sqlite3* database, const Table& rows,
                              const Windows& windows);

// Rows of a results record as late as this one, or later, stay as they are. To
// be gone before the database is closed.
class SqliteRows {
 public:
  // First; the tables must be there.
  absl::Status Prepare(sqlite3* database, const Table& rows);

  // Some may be written before an error.
  absl::Status Write(const Windows& windows, const Change& change);
  // Of a refused change: the key's former rows are no longer in doubt.
  absl::Status Keep(const Change& change);

 private:
  SqliteStatement upsert_, delete_, keep_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SQLITE_ROWS_H_
