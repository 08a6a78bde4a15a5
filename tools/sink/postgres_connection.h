// One connection to PostgreSQL: where to, its errors, its statements.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_CONNECTION_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_CONNECTION_H_

#include <postgresql/libpq-fe.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/sink/postgres_params.h"

namespace exactmean {

// libpq's parameters by name, with ${env:NAME} in their values filled in: a
// password from the environment may hold any character. A text that is nothing
// but one ${env:NAME} is filled in first. kInvalidArgument; never shows `text`.
absl::StatusOr<std::map<std::string, std::string>> ParseConnection(
    const std::string& text);

// Of an error that a server reports by its SQLSTATE; kUnavailable for none,
// which is a connection that broke.
absl::StatusCode CodeOfSqlState(absl::string_view state);

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

class PostgresConnection {
 public:
  explicit PostgresConnection(std::map<std::string, std::string> parameters)
      : parameters_(std::move(parameters)) {}

  // "postgresql://host:port/database"
  std::string name() const;

  // Unless the connection works. Waits for ten seconds, unless connect_timeout
  // is among the parameters. A Stop(kConfig): the server refuses who we are, or
  // has no such database; once it has let us in, that passes for kUnavailable.
  absl::Status Connect();
  void Close() { connection_.reset(); }
  bool in_transaction() const;

  // One or more statements, or one with arrays for $1, $2, ...
  absl::StatusOr<PostgresResult> Run(const std::string& sql);
  absl::StatusOr<PostgresResult> Run(const std::string& sql,
                                     absl::Span<PostgresArray* const> arrays);
  // One with text.
  absl::StatusOr<PostgresResult> RunWithText(
      const std::string& sql, absl::Span<const std::string> texts);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Handle = std::unique_ptr<PGconn, Finish>;

  Handle TryToConnect() const;
  absl::StatusOr<PostgresResult> Check(PGresult* result);

  const std::map<std::string, std::string> parameters_;
  Handle connection_;
  bool was_let_in_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_CONNECTION_H_
