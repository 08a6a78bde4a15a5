// The tables of a sink: names and columns, how they are made, and what a table
// that is there lacks.

#ifndef EXACTMEAN_TOOLS_SINK_SCHEMA_H_
#define EXACTMEAN_TOOLS_SINK_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

enum class Dialect { kPostgres, kSqlite };

struct Column {
  std::string name;
  std::string type;  // as the database prints it
  bool not_null = false;
  bool in_key = false;  // of the primary key
  // Of a table that is there: the database fills it in when nobody else does.
  bool has_default = false;
};

// A row a key, partition and window; the table's own columns, all of which the
// sink fills in, come first. Its companions hold a row a partition, and a row a
// record that the database would not take.
struct Table {
  std::string name;  // as it is to be written in SQL, in quotes
  std::vector<Column> columns;
};

struct Schema {
  Table rows;
  Table positions;
  Table rejected;
};

// kInvalidArgument: `name` is none, or not [SCHEMA.]NAME of letters, digits and
// '_'.
absl::StatusOr<Schema> MakeSchema(absl::string_view name, Dialect dialect);

// "key, window_name, ..."
std::string ColumnNames(const Table& table);

// "(key, partition) = ...": of one key, whichever.
std::string OfOneKey(const Table& rows);

// CREATE TABLE IF NOT EXISTS.
std::string CreateStatement(const Table& table, Dialect dialect);
// In PostgreSQL, by somebody else, for `user` to work with.
std::string CreationByHand(const Schema& schema, absl::string_view user);

// OK when the sink can work with a table of these columns: its own as they must
// be, others only if they may be left out. Else all that is wrong and how to
// mend it, a line each. Empty: there is no such table.
absl::Status CheckColumns(const Table& table, const std::vector<Column>& found);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SCHEMA_H_
