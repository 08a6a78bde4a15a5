// Waiting for PostgreSQL, and not for longer than is good.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_WAIT_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_WAIT_H_

#include <postgresql/libpq-fe.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/sink/postgres.h"

namespace exactmean {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PostgresHandle = std::unique_ptr<PGconn, FinishConnection>;

// Of what `send`, a call of PQsend..., has sent: the last result, or the first
// error, as of PQexec; null when the connection has broken. kUnavailable: no
// answer; the connection is of no use any more.
absl::StatusOr<PostgresResult> AwaitResult(
    PGconn* connection, const std::function<bool(PGconn*)>& send,
    const PostgresPatience& patience);

// Waits for as long as connect_timeout says.
PostgresHandle Connected(const std::map<std::string, std::string>& parameters);
// Does the server answer, be it with a refusal?
bool Answers(const std::map<std::string, std::string>& parameters);
// The SQLSTATE by which the server refuses a connection; empty: it does not, or
// it is not reached within `patience`.
std::string RefusalOf(const std::map<std::string, std::string>& parameters,
                      absl::Duration patience);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_WAIT_H_
