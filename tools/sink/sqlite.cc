// Database on SQLite.

#include "tools/sink/sqlite.h"

#include <sqlite3.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/text/format.h"
#include "tools/sink/guard.h"
#include "tools/sink/schema.h"
#include "tools/sink/sqlite_rows.h"
#include "tools/sink/sqlite_statement.h"

namespace exactmean {
namespace {

// How long another writer of the file is waited for.
constexpr int kBusyMilliseconds = 5000;

class Sqlite : public Database {
 public:
  Sqlite(std::string path, Schema schema)
      : path_(std::move(path)), schema_(std::move(schema)) {}
  ~Sqlite() override { Close(); }

  std::string name() const override { return "sqlite:" + path_; }

  absl::Status Connect() override {
    if (database_ != nullptr) return absl::OkStatus();
    int code = sqlite3_open_v2(path_.c_str(), &database_, SQLITE_OPEN_READWRITE,
                               nullptr);
    if (code == SQLITE_CANTOPEN) {
      // It is made with its tables alone.
      Close();
      return absl::OkStatus();
    }
    if (code == SQLITE_OK) code = SetUp();
    if (code == SQLITE_OK) return absl::OkStatus();
    return Broken(Check(code));
  }

  absl::Status CreateTables() override {
    if (database_ == nullptr) {
      absl::Status status = Check(
          sqlite3_open_v2(path_.c_str(), &database_,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr));
      if (status.ok()) status = Execute("PRAGMA journal_mode=WAL");
      if (status.ok()) status = Check(SetUp());
      if (!status.ok()) return Broken(status);
    }
    absl::Status status = Begin();
    for (const Table* table :
         {&schema_.rows, &schema_.positions, &schema_.rejected}) {
      if (!status.ok()) break;
      status = Execute(CreateStatement(*table, Dialect::kSqlite));
    }
    if (status.ok()) status = Commit();
    if (!status.ok()) Rollback();
    return status;
  }

  absl::Status CheckTables() override {
    for (const Table* table :
         {&schema_.rows, &schema_.positions, &schema_.rejected}) {
      auto columns = ColumnsOf(*table);
      if (!columns.ok()) return columns.status();
      const absl::Status status = CheckColumns(*table, *columns);
      if (status.ok()) continue;
      return Stop(StopReason::kConfig,
                  absl::StrCat(name(), ": ", status.message()));
    }
    return PrepareAll();
  }

  absl::Status Begin() override {
    if (database_ != nullptr) return Execute("BEGIN IMMEDIATE");
    return absl::PermissionDeniedError(name() + ": the file is gone");
  }
  absl::Status Commit() override { return Execute("COMMIT"); }
  void Rollback() override {
    if (database_ == nullptr || sqlite3_get_autocommit(database_) != 0) return;
    if (!Execute("ROLLBACK").ok()) Close();
  }

  // BEGIN IMMEDIATE has locked the file for all other writers.
  absl::Status LockForTakeover() override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<StoredPosition>> LockPositions() override;
  absl::Status StorePositions(
      absl::Span<const StoredPosition> positions) override;
  absl::Status DropPartitions(int32_t count) override;
  absl::Status DropOtherWindows(const Windows& windows) override {
    return exactmean::DropOtherWindows(database_, schema_.rows, windows);
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
  absl::Status Check(int code) const {
    return SqliteStatus(database_, code, name());
  }
  absl::Status Execute(const std::string& sql) {
    return Check(
        sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
  }
  absl::Status Broken(const absl::Status& status) {
    Close();
    return status;
  }
  void Close() {
    prepared_ = false;
    rows_ = SqliteRows();
    store_ = SqliteStatement();
    sqlite3_close(std::exchange(database_, nullptr));
  }
  int SetUp();
  absl::Status PrepareAll();
  absl::StatusOr<std::vector<Column>> ColumnsOf(const Table& table);

  const std::string path_;
  const Schema schema_;
  sqlite3* database_ = nullptr;
  bool prepared_ = false;  // those below
  SqliteRows rows_;
  SqliteStatement store_;
};

int Sqlite::SetUp() {
  int code = sqlite3_extended_result_codes(database_, 1);
  if (code == SQLITE_OK) {
    code = sqlite3_busy_timeout(database_, kBusyMilliseconds);
  }
  if (code != SQLITE_OK) return code;
  // With a write-ahead log a loss of power takes whole transactions, the last
  // ones: rows and their positions together, and the topic still has them.
  auto mode = SqliteStatement::Prepare(database_, "PRAGMA journal_mode");
  if (!mode.ok()) return sqlite3_errcode(database_);
  const auto row = mode->Next();
  if (!row.ok()) return sqlite3_errcode(database_);
  if (mode->Text(0) != "wal") return SQLITE_OK;
  return sqlite3_exec(database_, "PRAGMA synchronous=NORMAL", nullptr, nullptr,
                      nullptr);
}

absl::Status Sqlite::PrepareAll() {
  if (prepared_) return absl::OkStatus();
  auto store =
      SqliteStatement::Prepare(database_, SqliteUpsert(schema_.positions));
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  const absl::Status status = rows_.Prepare(database_, schema_.rows);
  prepared_ = status.ok();
  return status;
}

absl::StatusOr<std::vector<Column>> Sqlite::ColumnsOf(const Table& table) {
  std::vector<Column> columns;
  if (database_ == nullptr) return columns;
  auto info = SqliteStatement::Prepare(
      database_, absl::StrCat("PRAGMA table_info(", table.name, ")"));
  if (!info.ok()) return info.status();
  while (true) {
    const auto row = info->Next();
    if (!row.ok()) return row.status();
    if (!*row) return columns;
    columns.push_back({info->Text(1), info->Text(2), info->Integer(3) != 0,
                       info->Integer(5) != 0, !info->IsNull(4)});
  }
}

absl::StatusOr<std::vector<StoredPosition>> Sqlite::LockPositions() {
  // Every transaction comes by here, the first of a new connection, too.
  const absl::Status prepared = PrepareAll();
  if (!prepared.ok()) return prepared;
  auto select = SqliteStatement::Prepare(
      database_, absl::StrCat("SELECT partition, next_offset, topic, topic_id, "
                              "resync_until, caught_up_at, owner FROM ",
                              schema_.positions.name, " ORDER BY partition"));
  if (!select.ok()) return select.status();
  std::vector<StoredPosition> positions;
  while (true) {
    const auto row = select->Next();
    if (!row.ok()) return row.status();
    if (!*row) return positions;
    StoredPosition& position = positions.emplace_back();
    position.partition = Partition(static_cast<int32_t>(select->Integer(0)));
    position.next = Offset(select->Integer(1));
    position.topic = select->Text(2);
    position.topic_id = select->Text(3);
    if (!select->IsNull(4)) position.resync_until = Offset(select->Integer(4));
    std::string why;
    if (!absl::ParseTime(absl::RFC3339_full, select->Text(5),
                         &position.caught_up_at, &why)) {
      return absl::DataLossError(absl::StrCat(
          name(), ", ", schema_.positions.name, ".caught_up_at of partition ",
          position.partition.value(), ": ", why));
    }
    position.owner = select->Text(6);
  }
}

absl::Status Sqlite::StorePositions(
    absl::Span<const StoredPosition> positions) {
  for (const StoredPosition& position : positions) {
    const std::string time =
        TimeText(absl::ToUnixMicros(position.caught_up_at));
    store_.Bind(int64_t{position.partition.value()})
        .Bind(position.next.value())
        .Bind(position.topic)
        .Bind(position.topic_id);
    if (position.resync_until.has_value()) {
      store_.Bind(position.resync_until->value());
    } else {
      store_.BindNull();
    }
    const absl::Status status = store_.Bind(time).Bind(position.owner).Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Sqlite::DropPartitions(int32_t count) {
  absl::Status status;
  for (const Table* table : {&schema_.rows, &schema_.positions}) {
    status.Update(Execute(absl::StrCat("DELETE FROM ", table->name,
                                       " WHERE partition >= ", count)));
  }
  return status;
}

absl::Status Sqlite::Apply(const Windows& windows,
                           absl::Span<const Change> changes) {
  absl::Status status = Execute("SAVEPOINT changes");
  for (const Change& change : changes) {
    if (!status.ok()) break;
    status = rows_.Write(windows, change);
  }
  if (status.ok()) return Execute("RELEASE changes");
  if (!absl::IsInvalidArgument(status)) return status;
  if (sqlite3_get_autocommit(database_) != 0) {
    return Stop(StopReason::kConfig,
                absl::StrCat(status.message(),
                             ": a trigger has ended the sink's transaction "
                             "with RAISE(ROLLBACK, ...). Let it refuse the row "
                             "alone, with RAISE(ABORT, ...)"));
  }
  const absl::Status undone = Execute("ROLLBACK TO changes; RELEASE changes");
  return undone.ok() ? status : undone;
}

absl::Status Sqlite::Reject(const Windows& windows, const Change& change,
                            absl::string_view error, absl::Time now) {
  auto insert = SqliteStatement::Prepare(
      database_, absl::StrCat("INSERT OR IGNORE INTO ", schema_.rejected.name,
                              " (", ColumnNames(schema_.rejected), ") VALUES (",
                              Placeholders(schema_.rejected), ")"));
  if (!insert.ok()) return insert.status();
  const std::string json = RowsJson(windows, change);
  const std::string time = TimeText(absl::ToUnixMicros(now));
  insert->Bind(int64_t{change.partition.value()})
      .Bind(change.offset.value())
      .BindBytes(change.text);
  if (json.empty()) {
    insert->BindNull();
  } else {
    insert->Bind(json);
  }
  const absl::Status kept = insert->Bind(error).Bind(time).Run();
  return kept.ok() ? rows_.Keep(change) : kept;
}

absl::StatusOr<int64_t> Sqlite::SweepUnconfirmed(Partition partition) {
  const absl::Status status = Execute(SweepStatement(schema_.rows, partition));
  if (!status.ok()) return status;
  return int64_t{sqlite3_changes(database_)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> MakeSqlite(const std::string& path,
                                                     absl::string_view table) {
  auto schema = MakeSchema(table, Dialect::kSqlite);
  if (!schema.ok()) return schema.status();
  return std::unique_ptr<Database>(new Sqlite(path, *std::move(schema)));
}

}  // namespace exactmean
