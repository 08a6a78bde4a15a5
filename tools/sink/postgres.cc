// Database on PostgreSQL. A batch goes over as arrays, a statement for all of
// its rows.

#include "tools/sink/postgres.h"

#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/sink/guard.h"
#include "tools/sink/postgres_connection.h"
#include "tools/sink/postgres_params.h"
#include "tools/sink/postgres_rows.h"
#include "tools/sink/schema.h"

namespace exactmean {
namespace {

// Of this transaction alone. A lock that is held for longer is a sink that
// lost its connection and has not been noticed: the server ends it by the
// second. Constraints that wait for the end could not be put to one row.
constexpr char kBegin[] =
    "BEGIN; SET LOCAL lock_timeout = '10s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '60s'; "
    "SET CONSTRAINTS ALL IMMEDIATE";

constexpr char kColumns[] = R"(
    SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull,
           coalesce(a.attnum = ANY(i.indkey), false),
           a.atthasdef OR a.attidentity <> ''
    FROM pg_attribute a
    LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum)";

// Any database can hold it, whatever its encoding.
std::string Ascii(absl::string_view text) {
  std::string ascii(text);
  for (char& c : ascii) {
    if (c < ' ' || c > '~') c = '?';
  }
  return ascii;
}

class Postgres : public Database {
 public:
  Postgres(std::map<std::string, std::string> parameters, Schema schema,
           const PostgresPatience& patience)
      : connection_(std::move(parameters), patience),
        schema_(std::move(schema)),
        rows_(schema_.rows),
        store_(PostgresUpsert(schema_.positions)) {}

  std::string name() const override { return connection_.name(); }
  absl::Status Connect() override { return connection_.Connect(); }

  absl::Status CreateTables() override {
    absl::Status status = Begin();
    for (const Table* table :
         {&schema_.rows, &schema_.positions, &schema_.rejected}) {
      if (!status.ok()) break;
      // "If not exists" asks for the right to make it, also when it is there.
      const auto there = ColumnsOf(*table);
      status = there.status();
      if (!status.ok() || !there->empty()) continue;
      status = Execute(CreateStatement(*table, Dialect::kPostgres));
    }
    if (status.ok()) status = Commit();
    if (status.ok()) return status;
    Rollback();
    if (absl::IsPermissionDenied(status)) {
      return Stop(StopReason::kConfig,
                  absl::StrCat(status.message(),
                               ". Let this user create in the schema, or have "
                               "somebody run who may:\n",
                               CreationByHand(schema_, connection_.user())));
    }
    // Somebody else makes the same at this moment: "if not exists" does not
    // wait for that.
    return absl::IsInvalidArgument(status)
               ? absl::UnavailableError(status.message())
               : status;
  }

  absl::Status CheckTables() override {
    for (const Table* table :
         {&schema_.rows, &schema_.positions, &schema_.rejected}) {
      const auto columns = ColumnsOf(*table);
      if (!columns.ok()) return columns.status();
      const absl::Status status = CheckColumns(*table, *columns);
      if (status.ok()) continue;
      return Stop(StopReason::kConfig,
                  absl::StrCat(name(), ": ", status.message()));
    }
    return absl::OkStatus();
  }

  absl::Status Begin() override { return Execute(kBegin); }
  absl::Status Commit() override {
    const auto result = connection_.Run("COMMIT");
    if (!result.ok()) return result.status();
    // What a transaction that has failed is told.
    if (absl::string_view(PQcmdStatus(result->get())) == "COMMIT") {
      return absl::OkStatus();
    }
    return absl::InternalError(name() + ": the transaction was rolled back");
  }
  void Rollback() override {
    if (!connection_.in_transaction()) return;
    if (!connection_.Run("ROLLBACK").ok()) connection_.Close();
  }

  // A weaker lock would go with that of LockPositions, and not with what the
  // same transaction does next: the two would wait for each other.
  absl::Status LockForTakeover() override {
    return Execute(absl::StrCat("LOCK TABLE ", schema_.positions.name,
                                " IN EXCLUSIVE MODE"));
  }
  absl::StatusOr<std::vector<StoredPosition>> LockPositions() override;
  absl::Status StorePositions(
      absl::Span<const StoredPosition> positions) override;
  absl::Status DropPartitions(int32_t count) override;
  absl::Status DropOtherWindows(const Windows& windows) override {
    return rows_.DropOtherWindows(&connection_, windows);
  }
  absl::Status Apply(const Windows& windows,
                     absl::Span<const Change> changes) override;
  absl::Status Reject(const Windows& windows, const Change& change,
                      absl::string_view error, absl::Time now) override;
  absl::Status Unconfirm(Partition partition, ReplacedBy by) override {
    return Execute(UnconfirmStatement(schema_.rows, partition, by));
  }
  absl::StatusOr<int64_t> SweepUnconfirmed(Partition partition) override;

 private:
  absl::Status Execute(const std::string& sql) {
    return connection_.Run(sql).status();
  }
  absl::StatusOr<std::vector<Column>> ColumnsOf(const Table& table);

  PostgresConnection connection_;
  const Schema schema_;
  const PostgresRows rows_;
  const std::string store_;
};

absl::StatusOr<std::vector<Column>> Postgres::ColumnsOf(const Table& table) {
  const auto result = connection_.RunWithText(kColumns, {table.name});
  if (!result.ok()) return result.status();
  std::vector<Column> columns;
  for (int i = 0; i < PQntuples(result->get()); ++i) {
    const auto text = [&](int column) {
      return absl::string_view(PQgetvalue(result->get(), i, column));
    };
    columns.push_back({std::string(text(0)), std::string(text(1)),
                       text(2) == "t", text(3) == "t", text(4) == "t"});
  }
  return columns;
}

absl::StatusOr<std::vector<StoredPosition>> Postgres::LockPositions() {
  const auto result = connection_.Run(absl::StrCat(
      "SELECT partition, next_offset, topic, topic_id, resync_until, "
      "(extract(epoch FROM caught_up_at) * 1000000)::bigint, owner FROM ",
      schema_.positions.name, " ORDER BY partition FOR UPDATE"));
  if (!result.ok()) return result.status();
  std::vector<StoredPosition> positions;
  for (int i = 0; i < PQntuples(result->get()); ++i) {
    const auto text = [&](int column) {
      return PQgetvalue(result->get(), i, column);
    };
    const auto integer = [&](int column) {
      return std::strtoll(text(column), nullptr, 10);
    };
    StoredPosition& position = positions.emplace_back();
    position.partition = Partition(static_cast<int32_t>(integer(0)));
    position.next = Offset(integer(1));
    position.topic = text(2);
    position.topic_id = text(3);
    if (PQgetisnull(result->get(), i, 4) == 0) {
      position.resync_until = Offset(integer(4));
    }
    position.caught_up_at = absl::FromUnixMicros(integer(5));
    position.owner = text(6);
  }
  return positions;
}

absl::Status Postgres::StorePositions(
    absl::Span<const StoredPosition> positions) {
  if (positions.empty()) return absl::OkStatus();
  PostgresArray partition(kIntegerOid), next(kBigintOid), topic(kTextOid),
      topic_id(kTextOid), resync_until(kBigintOid), time(kTimestamptzOid),
      owner(kTextOid);
  for (const StoredPosition& position : positions) {
    partition.AddInteger(position.partition.value());
    next.AddBigint(position.next.value());
    topic.AddBytes(position.topic);
    topic_id.AddBytes(position.topic_id);
    if (position.resync_until.has_value()) {
      resync_until.AddBigint(position.resync_until->value());
    } else {
      resync_until.AddNull();
    }
    time.AddBigint(PostgresTime(absl::ToUnixMicros(position.caught_up_at)));
    owner.AddBytes(position.owner);
  }
  return connection_
      .Run(store_,
           {&partition, &next, &topic, &topic_id, &resync_until, &time, &owner})
      .status();
}

absl::Status Postgres::Apply(const Windows& windows,
                             absl::Span<const Change> changes) {
  absl::Status status = Execute("SAVEPOINT changes");
  if (status.ok()) status = rows_.Upsert(&connection_, windows, changes);
  if (status.ok()) status = rows_.Delete(&connection_, changes);
  if (status.ok()) return Execute("RELEASE changes");
  if (!absl::IsInvalidArgument(status)) return status;
  const absl::Status undone = Execute("ROLLBACK TO changes; RELEASE changes");
  return undone.ok() ? status : undone;
}

absl::Status Postgres::Reject(const Windows& windows, const Change& change,
                              absl::string_view error, absl::Time now) {
  PostgresArray partition(kIntegerOid), offset(kBigintOid), key(kByteaOid),
      json(kTextOid), why(kTextOid), time(kTimestamptzOid);
  partition.AddInteger(change.partition.value());
  offset.AddBigint(change.offset.value());
  key.AddBytes(change.text);
  if (change.state.has_value()) {
    json.AddBytes(RowsJson(windows, change));
  } else {
    json.AddNull();
  }
  why.AddBytes(Ascii(error));
  time.AddBigint(PostgresTime(absl::ToUnixMicros(now)));
  const auto kept = connection_.Run(
      absl::StrCat("INSERT INTO ", schema_.rejected.name, " (",
                   ColumnNames(schema_.rejected),
                   ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6) ON "
                   "CONFLICT DO NOTHING"),
      {&partition, &offset, &key, &json, &why, &time});
  if (!kept.ok()) return kept.status();
  PostgresArray text(kTextOid);
  text.AddBytes(change.text);
  return connection_
      .Run(KeepStatement(schema_.rows, "ANY($1)",
                         absl::StrCat(change.partition.value()),
                         absl::StrCat(change.offset.value())),
           {&text})
      .status();
}

absl::Status Postgres::DropPartitions(int32_t count) {
  absl::Status status;
  for (const Table* table : {&schema_.rows, &schema_.positions}) {
    if (!status.ok()) break;
    status = Execute(absl::StrCat("DELETE FROM ", table->name,
                                  " WHERE partition >= ", count));
  }
  return status;
}

absl::StatusOr<int64_t> Postgres::SweepUnconfirmed(Partition partition) {
  const auto result = connection_.Run(SweepStatement(schema_.rows, partition));
  if (!result.ok()) return result.status();
  int64_t rows = 0;
  if (absl::SimpleAtoi(PQcmdTuples(result->get()), &rows)) return rows;
  return absl::InternalError(name() + ": a deletion tells no number of rows");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> MakePostgres(
    const std::string& connection, absl::string_view table,
    const PostgresPatience& patience) {
  auto parameters = ParseConnection(connection);
  if (!parameters.ok()) return parameters.status();
  auto schema = MakeSchema(table, Dialect::kPostgres);
  if (!schema.ok()) return schema.status();
  return std::unique_ptr<Database>(
      new Postgres(*std::move(parameters), *std::move(schema), patience));
}

}  // namespace exactmean
