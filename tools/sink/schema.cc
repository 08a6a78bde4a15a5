// Columns and their comparison.

#include "tools/sink/schema.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

// With "_positions" within the 63 bytes of PostgreSQL.
constexpr size_t kMaxName = 48;

struct Types {
  const char* text;
  const char* integer;
  const char* bigint;
  const char* real;
  const char* time;
};
constexpr Types kPostgresTypes = {"text", "integer", "bigint",
                                  "double precision",
                                  "timestamp with time zone"};
// Times as text: SQLite's own functions of time read RFC 3339.
constexpr Types kSqliteTypes = {"TEXT", "INTEGER", "INTEGER", "REAL", "TEXT"};

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         !absl::ascii_isdigit(name.front()) && absl::c_all_of(name, [](char c) {
           return absl::ascii_isalnum(c) || c == '_';
         });
}

Column Key(const char* name, const char* type) {
  return {name, type, true, true, false};
}
Column NotNull(const char* name, const char* type) {
  return {name, type, true, false, false};
}
Column MayBeNull(const char* name, const char* type) {
  return {name, type, false, false, false};
}

std::string KeyColumns(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) {
    if (column.in_key) names.push_back(column.name);
  }
  return absl::StrJoin(names, ", ");
}

std::string Declaration(const Column& column) {
  return absl::StrCat(column.name, " ", column.type,
                      column.not_null ? " NOT NULL" : "");
}

bool SameType(const Column& a, const Column& b) {
  return absl::EqualsIgnoreCase(a.type, b.type);
}

// Columns that users add are theirs, as long as a row can do without them.
void CheckOthers(const Table& table, const std::vector<Column>& found,
                 std::vector<std::string>* problems) {
  for (const Column& column : found) {
    if (absl::c_any_of(table.columns, [&](const Column& own) {
          return own.name == column.name;
        })) {
      continue;
    }
    if (!column.not_null || column.has_default) continue;
    problems->push_back(
        absl::StrCat("column ", column.name,
                     " is none of the sink's and may not be NULL: give it a "
                     "default, or take NOT NULL away"));
  }
}

}  // namespace

absl::StatusOr<Schema> MakeSchema(absl::string_view name, Dialect dialect) {
  const std::vector<std::string> parts = absl::StrSplit(name, '.');
  const size_t most = dialect == Dialect::kPostgres ? 2 : 1;
  if (parts.size() > most || !absl::c_all_of(parts, IsName)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--table must be ", most == 2 ? "[SCHEMA.]" : "", "NAME of letters, ",
        "digits and '_', ", kMaxName, " at the most, none a digit first"));
  }
  const auto quoted = [&](absl::string_view suffix) {
    return absl::StrCat("\"", absl::StrJoin(parts, "\".\""), suffix, "\"");
  };
  const Types& type =
      dialect == Dialect::kPostgres ? kPostgresTypes : kSqliteTypes;
  const char* const bytes = dialect == Dialect::kPostgres ? "bytea" : "BLOB";
  Schema schema;
  schema.rows = {
      quoted(""),
      {Key("key", type.text), Key("window_name", type.text),
       Key("partition", type.integer), MayBeNull("average", type.real),
       NotNull("count", type.bigint), MayBeNull("min", type.real),
       MayBeNull("max", type.real), MayBeNull("stddev", type.real),
       NotNull("event_time", type.time), NotNull("records", type.bigint),
       NotNull("last_offset", type.bigint),
       NotNull("results_offset", type.bigint)}};
  schema.positions = {
      quoted("_positions"),
      {Key("partition", type.integer), NotNull("next_offset", type.bigint),
       NotNull("topic", type.text), NotNull("topic_id", type.text),
       MayBeNull("resync_until", type.bigint),
       NotNull("caught_up_at", type.time), NotNull("owner", type.text)}};
  schema.rejected = {
      quoted("_rejected"),
      {Key("partition", type.integer), Key("results_offset", type.bigint),
       NotNull("key", bytes), MayBeNull("windows", type.text),
       NotNull("error", type.text), NotNull("rejected_at", type.time)}};
  return schema;
}

std::string ColumnNames(const Table& table) {
  return absl::StrJoin(
      table.columns, ", ",
      [](std::string* out, const Column& column) { out->append(column.name); });
}

std::string OfOneKey(const Table& rows) {
  return absl::StrCat("(key, partition) = (SELECT key, partition FROM ",
                      rows.name, " LIMIT 1)");
}

std::string CreateStatement(const Table& table, Dialect dialect) {
  std::string sql =
      absl::StrCat("CREATE TABLE IF NOT EXISTS ", table.name, " (");
  for (const Column& column : table.columns) {
    absl::StrAppend(&sql, Declaration(column));
    // Compared by bytes whatever the database's language: quicker, and sorted
    // as everywhere else.
    if (dialect == Dialect::kPostgres && column.in_key &&
        column.type == kPostgresTypes.text) {
      sql += " COLLATE \"C\"";
    }
    sql += ", ";
  }
  absl::StrAppend(&sql, "PRIMARY KEY (", KeyColumns(table), "))");
  if (dialect == Dialect::kSqlite) return sql + " WITHOUT ROWID";
  // Rows change all the time: room in their page lets PostgreSQL leave the
  // index alone.
  return sql + " WITH (fillfactor = 70)";
}

std::string CreationByHand(const Schema& schema, absl::string_view user) {
  std::string sql;
  std::vector<std::string> names;
  for (const Table* table :
       {&schema.rows, &schema.positions, &schema.rejected}) {
    absl::StrAppend(&sql, CreateStatement(*table, Dialect::kPostgres), ";\n");
    names.push_back(table->name);
  }
  return absl::StrCat(sql, "GRANT SELECT, INSERT, UPDATE, DELETE ON ",
                      absl::StrJoin(names, ", "), " TO ", user, ";");
}

absl::Status CheckColumns(const Table& table,
                          const std::vector<Column>& found) {
  if (found.empty()) {
    return Stop(StopReason::kConfig,
                absl::StrCat("the database has no table ", table.name,
                             ": --create_table makes it, with its companions"));
  }
  std::vector<std::string> problems;
  bool keys_differ = false;
  for (const Column& own : table.columns) {
    const auto it = absl::c_find_if(
        found, [&](const Column& column) { return column.name == own.name; });
    if (it == found.end()) {
      problems.push_back(absl::StrCat("column ", own.name,
                                      " is missing: ALTER TABLE ", table.name,
                                      " ADD COLUMN ", Declaration(own)));
      continue;
    }
    if (!SameType(*it, own)) {
      problems.push_back(absl::StrCat("column ", own.name, " is ", it->type,
                                      ", must be ", own.type));
    }
    if (it->not_null && !own.not_null) {
      problems.push_back(absl::StrCat(
          "column ", own.name, " is NOT NULL, but an empty window has NULL"));
    }
    keys_differ = keys_differ || it->in_key != own.in_key;
  }
  keys_differ = keys_differ ||
                absl::c_count_if(found, [](const Column& column) {
                  return column.in_key;
                }) != absl::c_count_if(table.columns, [](const Column& column) {
                  return column.in_key;
                });
  if (keys_differ) {
    problems.push_back(
        absl::StrCat("its primary key must be (", KeyColumns(table), ")"));
  }
  CheckOthers(table, found, &problems);
  if (problems.empty()) return absl::OkStatus();
  return Stop(StopReason::kConfig,
              absl::StrCat("table ", table.name,
                           " is not as the sink needs it; mend it, or give "
                           "another --table with --create_table:\n  ",
                           absl::StrJoin(problems, "\n  ")));
}

}  // namespace exactmean
