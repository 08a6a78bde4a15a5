// One prepared statement of SQLite: bound by position, run, reused.

#ifndef EXACTMEAN_TOOLS_SINK_SQLITE_STATEMENT_H_
#define EXACTMEAN_TOOLS_SINK_SQLITE_STATEMENT_H_

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// Of the last call on `database` that gave `code`. kUnavailable: locked, full,
// or the disk fails. kInvalidArgument: it refuses the row.
absl::Status SqliteStatus(sqlite3* database, int code, absl::string_view what);

// What Bind says goes wrong, Run reports. Views are bound without a copy: they
// must live until Run.
class SqliteStatement {
 public:
  // Not kept open: `database` may be closed once this is gone.
  static absl::StatusOr<SqliteStatement> Prepare(sqlite3* database,
                                                 const std::string& sql);
  SqliteStatement() = default;
  SqliteStatement(SqliteStatement&& other) noexcept {
    *this = std::move(other);
  }
  SqliteStatement& operator=(SqliteStatement&& other) noexcept {
    std::swap(statement_, other.statement_);
    std::swap(column_, other.column_);
    std::swap(bound_, other.bound_);
    return *this;
  }
  ~SqliteStatement() { sqlite3_finalize(statement_); }

  // The next parameter.
  SqliteStatement& Bind(int64_t value) {
    return Took(sqlite3_bind_int64(statement_, ++column_, value));
  }
  SqliteStatement& Bind(double value) {
    return Took(sqlite3_bind_double(statement_, ++column_, value));
  }
  SqliteStatement& Bind(absl::string_view text) {
    return Took(sqlite3_bind_text64(statement_, ++column_, Bytes(text),
                                    text.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  SqliteStatement& BindBytes(absl::string_view bytes) {
    return Took(sqlite3_bind_blob64(statement_, ++column_, Bytes(bytes),
                                    bytes.size(), SQLITE_STATIC));
  }
  SqliteStatement& BindNull() {
    return Took(sqlite3_bind_null(statement_, ++column_));
  }

  // Runs it to its end; rows that it returns are passed over.
  absl::Status Run();

  // The next row; false: there is none, and it may be run again.
  absl::StatusOr<bool> Next();
  int64_t Integer(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  bool IsNull(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::string Text(int column) const;

 private:
  // A null pointer would be taken for NULL.
  static const char* Bytes(absl::string_view text) {
    return text.data() == nullptr ? "" : text.data();
  }
  SqliteStatement& Took(int code) {
    if (code != SQLITE_OK) bound_ = code;
    return *this;
  }
  void Reset();

  sqlite3_stmt* statement_ = nullptr;
  int column_ = 0;         // bound so far
  int bound_ = SQLITE_OK;  // the last thing that went wrong
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SQLITE_STATEMENT_H_
