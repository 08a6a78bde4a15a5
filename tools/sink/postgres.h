// The sink's tables in PostgreSQL, by libpq.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/sink/database.h"

namespace exactmean {

// How long the server may take. libpq would wait for one that stands still for
// ever, whoever asks us to end.
struct PostgresPatience {
  // With a statement: many rows may have to be read or written.
  absl::Duration answer = absl::Minutes(10);
  // Once `stopping` is set.
  absl::Duration stop = absl::Seconds(5);
  const std::atomic<bool>* stopping = nullptr;  // null: never
};

// `connection`: see ParseConnection. Touches nothing before Connect. Works
// through a pooler that lends connections for a transaction, too: nothing is
// kept in the session. kInvalidArgument: the address, or the name of the table.
absl::StatusOr<std::unique_ptr<Database>> MakePostgres(
    const std::string& connection, absl::string_view table,
    const PostgresPatience& patience = PostgresPatience());

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_H_
