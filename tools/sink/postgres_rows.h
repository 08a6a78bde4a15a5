// The rows of a batch in PostgreSQL: a statement for all of them.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_ROWS_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_ROWS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "tools/sink/postgres_connection.h"
#include "tools/sink/row.h"
#include "tools/sink/schema.h"

namespace exactmean {

// "INSERT ... SELECT * FROM unnest($1, ...) ON CONFLICT ... DO UPDATE SET ...":
// an array a column.
std::string PostgresUpsert(const Table& table);

// Rows of a results record as late as this one, or later, stay as they are.
class PostgresRows {
 public:
  explicit PostgresRows(const Table& rows);

  // Those changes that are no deletions.
  absl::Status Upsert(PostgresConnection* connection, const Windows& windows,
                      absl::Span<const Change> changes) const;
  // Those that are.
  absl::Status Delete(PostgresConnection* connection,
                      absl::Span<const Change> changes) const;

  // As Database has it.
  absl::Status DropOtherWindows(PostgresConnection* connection,
                                const Windows& windows) const;

 private:
  const std::string upsert_, delete_, drop_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_ROWS_H_
