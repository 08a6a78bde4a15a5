// One connection to PostgreSQL: where to, its errors, its statements.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_CONNECTION_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_CONNECTION_H_

#include <postgresql/libpq-fe.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/sink/postgres_params.h"
#include "tools/sink/postgres_wait.h"

namespace exactmean {

// libpq's parameters by name, with ${env:NAME} in their values filled in: a
// password from the environment may hold any character. A text that is nothing
// but one ${env:NAME} is filled in first. kInvalidArgument; never shows `text`.
absl::StatusOr<std::map<std::string, std::string>> ParseConnection(
    const std::string& text);

// Of an error that a server reports by its SQLSTATE; kUnavailable for none,
// which is a connection that broke; kDeadlineExceeded for a statement that was
// ended, as it took too long or by somebody's hand.
absl::StatusCode CodeOfSqlState(absl::string_view state);

class PostgresConnection {
 public:
  PostgresConnection(std::map<std::string, std::string> parameters,
                     const PostgresPatience& patience)
      : parameters_(std::move(parameters)), patience_(patience) {}

  // "postgresql://host:port/database"
  std::string name() const;

  // Who we are to the server, as in SQL.
  std::string user() const;

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
  // Sends by a call of PQsend..., and waits.
  absl::StatusOr<PostgresResult> Ask(const std::function<bool(PGconn*)>& send);
  absl::StatusOr<PostgresResult> Check(PostgresResult result);

  const std::map<std::string, std::string> parameters_;
  const PostgresPatience patience_;
  PostgresHandle connection_;
  bool was_let_in_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_CONNECTION_H_
