// PostgresRows.

#include "tools/sink/postgres_rows.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/sink/guard.h"
#include "tools/sink/postgres_params.h"

namespace exactmean {

std::string PostgresUpsert(const Table& table) {
  std::vector<std::string> keys;
  std::vector<std::string> updates;
  std::vector<std::string> arrays;
  for (const Column& column : table.columns) {
    arrays.push_back(absl::StrCat("$", arrays.size() + 1));
    if (column.in_key) {
      keys.push_back(column.name);
    } else {
      updates.push_back(absl::StrCat(column.name, " = excluded.", column.name));
    }
  }
  return absl::StrCat("INSERT INTO ", table.name, " AS t (", ColumnNames(table),
                      ") SELECT * FROM unnest(", absl::StrJoin(arrays, ", "),
                      ") ON CONFLICT (", absl::StrJoin(keys, ", "),
                      ") DO UPDATE SET ", absl::StrJoin(updates, ", "));
}

PostgresRows::PostgresRows(const Table& rows)
    : upsert_(PostgresUpsert(rows) + " WHERE " +
              GivesWay("t", "excluded.results_offset")),
      delete_(absl::StrCat(
          "DELETE FROM ", rows.name,
          " AS t USING unnest($1, $2, $3) AS gone "
          "(key, partition, results_offset) WHERE t.key = gone.key AND "
          "t.partition = gone.partition AND ",
          GivesWay("t", "gone.results_offset"))),
      // What does not depend on the row is asked once, and before all rows.
      drop_(absl::StrCat("DELETE FROM ", rows.name,
                         " WHERE window_name <> ALL($1) AND EXISTS (SELECT 1 "
                         "FROM ",
                         rows.name, " WHERE ", OfOneKey(rows),
                         " AND window_name <> ALL($1))")) {}

absl::Status PostgresRows::Upsert(PostgresConnection* connection,
                                  const Windows& windows,
                                  absl::Span<const Change> changes) const {
  PostgresArray key(kTextOid), window_name(kTextOid), partition(kIntegerOid),
      average(kDoubleOid), count(kBigintOid), min(kDoubleOid), max(kDoubleOid),
      stddev(kDoubleOid), event_time(kTimestamptzOid), records(kBigintOid),
      last_offset(kBigintOid), results_offset(kBigintOid);
  bool any = false;
  for (const Change& change : changes) {
    if (!change.state.has_value()) continue;
    for (size_t i = 0; i < windows.size(); ++i) {
      any = true;
      const WindowValues& values = change.state->windows[i];
      const auto add = [&](double value, bool there, PostgresArray* to) {
        if (there && values.count > 0) {
          to->AddDouble(value);
        } else {
          to->AddNull();
        }
      };
      key.AddBytes(change.text);
      window_name.AddBytes(windows[i].name);
      partition.AddInteger(change.partition.value());
      add(values.average, true, &average);
      count.AddBigint(values.count);
      add(values.min, windows[i].has_spread, &min);
      add(values.max, windows[i].has_spread, &max);
      add(values.stddev, windows[i].has_spread, &stddev);
      event_time.AddBigint(PostgresTime(change.state->event_time));
      records.AddBigint(change.state->records);
      last_offset.AddBigint(change.state->last_offset);
      results_offset.AddBigint(change.offset.value());
    }
  }
  if (!any) return absl::OkStatus();
  return connection
      ->Run(upsert_,
            {&key, &window_name, &partition, &average, &count, &min, &max,
             &stddev, &event_time, &records, &last_offset, &results_offset})
      .status();
}

absl::Status PostgresRows::Delete(PostgresConnection* connection,
                                  absl::Span<const Change> changes) const {
  PostgresArray key(kTextOid), partition(kIntegerOid), offset(kBigintOid);
  bool any = false;
  for (const Change& change : changes) {
    if (change.state.has_value()) continue;
    any = true;
    key.AddBytes(change.text);
    partition.AddInteger(change.partition.value());
    offset.AddBigint(change.offset.value());
  }
  if (!any) return absl::OkStatus();
  return connection->Run(delete_, {&key, &partition, &offset}).status();
}

absl::Status PostgresRows::DropOtherWindows(PostgresConnection* connection,
                                            const Windows& windows) const {
  PostgresArray names(kTextOid);
  for (const NamedWindow& window : windows) names.AddBytes(window.name);
  return connection->Run(drop_, {&names}).status();
}

}  // namespace exactmean
