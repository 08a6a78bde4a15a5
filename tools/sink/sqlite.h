// The sink's tables in SQLite: a file that every tool can query.

#ifndef EXACTMEAN_TOOLS_SINK_SQLITE_H_
#define EXACTMEAN_TOOLS_SINK_SQLITE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/sink/database.h"

namespace exactmean {

// A file at `path`, made by CreateTables alone, which also sets it to a
// write-ahead log: others can read while the sink writes. Touches nothing
// before Connect. kInvalidArgument: the name of the table.
absl::StatusOr<std::unique_ptr<Database>> MakeSqlite(const std::string& path,
                                                     absl::string_view table);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SQLITE_H_
