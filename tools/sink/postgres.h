// The sink's tables in PostgreSQL, by libpq.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/sink/database.h"

namespace exactmean {

// `connection`: see ParseConnection. Touches nothing before Connect. Works
// through a pooler that lends connections for a transaction, too: nothing is
// kept in the session. kInvalidArgument: the address, or the name of the table.
absl::StatusOr<std::unique_ptr<Database>> MakePostgres(
    const std::string& connection, absl::string_view table);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_H_
