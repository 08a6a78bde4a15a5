// SqliteStatement.

#include "tools/sink/sqlite_statement.h"

#include "absl/strings/str_cat.h"

namespace exactmean {

absl::Status SqliteStatus(sqlite3* database, int code, absl::string_view what) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) {
    return absl::OkStatus();
  }
  const std::string message = absl::StrCat(
      what, ": ",
      database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database));
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      return absl::UnavailableError(message);
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return absl::InvalidArgumentError(message);
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return absl::PermissionDeniedError(message);
    case SQLITE_CORRUPT:
      return absl::DataLossError(message);
    default:
      return absl::InternalError(message);
  }
}

absl::StatusOr<SqliteStatement> SqliteStatement::Prepare(
    sqlite3* database, const std::string& sql) {
  SqliteStatement statement;
  const absl::Status status =
      SqliteStatus(database,
                   sqlite3_prepare_v2(database, sql.c_str(), -1,
                                      &statement.statement_, nullptr),
                   sql);
  if (!status.ok()) return status;
  return statement;
}

void SqliteStatement::Reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  column_ = 0;
  bound_ = SQLITE_OK;
}

absl::StatusOr<bool> SqliteStatement::Next() {
  const int code = bound_ == SQLITE_OK ? sqlite3_step(statement_) : bound_;
  if (code == SQLITE_ROW) return true;
  const absl::Status status =
      SqliteStatus(sqlite3_db_handle(statement_), code, "sqlite");
  Reset();
  if (!status.ok()) return status;
  return false;
}

absl::Status SqliteStatement::Run() {
  while (true) {
    const absl::StatusOr<bool> more = Next();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
  }
}

std::string SqliteStatement::Text(int column) const {
  const auto* const text =
      reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr
             ? ""
             : std::string(text, static_cast<size_t>(
                                     sqlite3_column_bytes(statement_, column)));
}

}  // namespace exactmean
