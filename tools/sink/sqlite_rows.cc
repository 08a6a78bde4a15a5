// SqliteRows.

#include "tools/sink/sqlite_rows.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/json.h"
#include "tools/inspect/text/format.h"
#include "tools/sink/guard.h"

namespace exactmean {
namespace {

std::string UpsertStatement(const Table& rows) {
  return absl::StrCat(SqliteUpsert(rows), " WHERE ",
                      GivesWay(rows.name, "excluded.results_offset"));
}

}  // namespace

std::string SqliteUpsert(const Table& table) {
  std::vector<std::string> keys, updates;
  for (const Column& column : table.columns) {
    if (column.in_key) {
      keys.push_back(column.name);
    } else {
      updates.push_back(absl::StrCat(column.name, "=excluded.", column.name));
    }
  }
  return absl::StrCat("INSERT INTO ", table.name, " (", ColumnNames(table),
                      ") VALUES (", Placeholders(table), ") ON CONFLICT (",
                      absl::StrJoin(keys, ","), ") DO UPDATE SET ",
                      absl::StrJoin(updates, ","));
}

std::string Placeholders(const Table& table) {
  return absl::StrJoin(std::vector<std::string>(table.columns.size(), "?"),
                       ",");
}

absl::Status DropOtherWindows(sqlite3* database, const Table& rows,
                              const Windows& windows) {
  std::vector<std::string> names;
  for (const NamedWindow& window : windows) {
    names.push_back(JsonString(window.name));
  }
  const std::string json = absl::StrCat("[", absl::StrJoin(names, ","), "]");
  const std::string others =
      "window_name NOT IN (SELECT value FROM json_each(?))";
  {
    auto any = SqliteStatement::Prepare(
        database, absl::StrCat("SELECT 1 FROM ", rows.name, " WHERE ",
                               OfOneKey(rows), " AND ", others));
    if (!any.ok()) return any.status();
    const auto found = any->Bind(json).Next();
    if (!found.ok() || !*found) return found.status();
  }
  auto drop = SqliteStatement::Prepare(
      database, absl::StrCat("DELETE FROM ", rows.name, " WHERE ", others));
  return drop.ok() ? drop->Bind(json).Run() : drop.status();
}

absl::Status SqliteRows::Prepare(sqlite3* database, const Table& rows) {
  auto upsert = SqliteStatement::Prepare(database, UpsertStatement(rows));
  if (!upsert.ok()) return upsert.status();
  auto gone = SqliteStatement::Prepare(
      database, absl::StrCat("DELETE FROM ", rows.name,
                             " WHERE key = ? AND partition = ? AND ",
                             GivesWay(rows.name, "?")));
  if (!gone.ok()) return gone.status();
  auto keep =
      SqliteStatement::Prepare(database, KeepStatement(rows, "?", "?", "?"));
  if (!keep.ok()) return keep.status();
  upsert_ = *std::move(upsert);
  keep_ = *std::move(keep);
  delete_ = *std::move(gone);
  return absl::OkStatus();
}

absl::Status SqliteRows::Keep(const Change& change) {
  return keep_.Bind(change.text)
      .Bind(int64_t{change.partition.value()})
      .Bind(change.offset.value())
      .Run();
}

absl::Status SqliteRows::Write(const Windows& windows, const Change& change) {
  const int64_t partition = change.partition.value();
  if (!change.state.has_value()) {
    return delete_.Bind(change.text)
        .Bind(partition)
        .Bind(change.offset.value())
        .Run();
  }
  const KeyState& state = *change.state;
  const std::string time = TimeText(state.event_time);
  for (size_t i = 0; i < windows.size(); ++i) {
    const WindowValues& values = state.windows[i];
    const auto bind = [&](double value, bool there) {
      if (there && values.count > 0) {
        upsert_.Bind(value);
      } else {
        upsert_.BindNull();
      }
    };
    upsert_.Bind(change.text).Bind(windows[i].name).Bind(partition);
    bind(values.average, true);
    upsert_.Bind(values.count);
    bind(values.min, windows[i].has_spread);
    bind(values.max, windows[i].has_spread);
    bind(values.stddev, windows[i].has_spread);
    const absl::Status status = upsert_.Bind(time)
                                    .Bind(state.records)
                                    .Bind(state.last_offset)
                                    .Bind(change.offset.value())
                                    .Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace exactmean
