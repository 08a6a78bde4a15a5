// SQLite: the only file that knows of it.

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/json.h"
#include "tools/inspect/export/export_writer.h"

namespace exactmean {
namespace {

constexpr char kCheckpointTable[] = R"(
CREATE TABLE checkpoint (
  partition INTEGER PRIMARY KEY, next_offset INTEGER, start_offset INTEGER,
  keys INTEGER, digest TEXT, stream_time TEXT, sequence INTEGER, writer TEXT,
  applied INTEGER, late INTEGER, skipped INTEGER, dead_lettered INTEGER,
  retried INTEGER, filtered INTEGER, absent INTEGER))";

// "CREATE TABLE state (...)". Names of windows are letters, digits and '_'; in
// quotes, as one may be a word of SQL or begin with a digit.
std::string StateTable(const std::vector<NamedWindow>& windows) {
  std::string sql =
      "CREATE TABLE state (key NOT NULL, partition INTEGER NOT NULL, "
      "offset INTEGER, last_offset INTEGER, event_time TEXT, "
      "records INTEGER";
  for (const NamedWindow& window : windows) {
    for (const std::string& column : ColumnsOf(window)) {
      absl::StrAppend(&sql, ", \"", window.name, "_", column, "\" ",
                      column == "count" ? "INTEGER" : "REAL");
    }
  }
  return absl::StrCat(sql, ", PRIMARY KEY (key, partition)) WITHOUT ROWID");
}

// SQLite takes "A_min" and "a_min" for one column.
absl::Status CheckNames(const std::vector<NamedWindow>& windows) {
  std::map<std::string, std::string> seen;
  for (const NamedWindow& window : windows) {
    const auto [found, is_new] =
        seen.emplace(absl::AsciiStrToLower(window.name), window.name);
    if (is_new) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "windows \"", found->second, "\" and \"", window.name,
        "\": names of columns in sqlite do not tell small letters from large "
        "ones; export as csv or jsonl"));
  }
  return absl::OkStatus();
}

std::string Insert(const std::string& table, int columns) {
  std::string sql = absl::StrCat("INSERT INTO ", table, " VALUES (?");
  for (int i = 1; i < columns; ++i) absl::StrAppend(&sql, ",?");
  return absl::StrCat(sql, ")");
}

class SqliteWriter : public ExportWriter {
 public:
  explicit SqliteWriter(std::string path) : path_(std::move(path)) {}
  ~SqliteWriter() override {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  absl::Status Open() {
    return Check(sqlite3_open_v2(path_.c_str(), &database_,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                 nullptr));
  }

  absl::Status Begin(const std::vector<NamedWindow>& windows) override {
    const absl::Status names = CheckNames(windows);
    if (!names.ok()) return names;
    windows_ = windows;
    int columns = 6;
    for (const NamedWindow& window : windows_) {
      columns += static_cast<int>(ColumnsOf(window).size());
    }
    // No journal: the file is thrown away unless all of it is written.
    for (const std::string& sql :
         {std::string("PRAGMA journal_mode=OFF"),
          std::string("PRAGMA locking_mode=EXCLUSIVE"), std::string("BEGIN"),
          std::string(kCheckpointTable), StateTable(windows_)}) {
      const absl::Status status = Execute(sql);
      if (!status.ok()) return status;
    }
    return Prepare(Insert("state", columns), &insert_);
  }

  absl::Status Write(const ExportRow& row) override {
    const results::Snapshot& snapshot = row.snapshot;
    Start(insert_);
    BindKey(row.key);
    Bind(row.partition.value());
    Bind(row.result_offset.value());
    Bind(snapshot.last_offset());
    Bind(TimeText(snapshot.event_time()));
    BindCount(snapshot.records());
    for (size_t i = 0; i < windows_.size(); ++i) {
      const results::Average& a = snapshot.averages(static_cast<int>(i));
      BindValue(a, a.average());
      BindCount(a.count());
      if (!windows_[i].has_spread) continue;
      BindValue(a, a.min());
      BindValue(a, a.max());
      BindValue(a, a.stddev());
    }
    return Step();
  }

  absl::Status WriteCheckpoint(const results::Checkpoint& c) override {
    constexpr int kColumns = 15;
    sqlite3_stmt* insert = nullptr;
    const absl::Status status =
        Prepare(Insert("checkpoint", kColumns), &insert);
    if (!status.ok()) return status;
    const auto finalize = absl::MakeCleanup([&] { sqlite3_finalize(insert); });
    Start(insert);
    Bind(c.partition());
    Bind(c.next_offset());
    Bind(c.start_offset());
    BindCount(c.keys());
    Bind(absl::StrFormat("%016x", c.digest()));
    if (c.has_stream_time()) {
      Bind(TimeText(c.stream_time().time()));
    } else {
      BindNull();
    }
    BindCount(c.sequence());
    Bind(c.writer());
    const results::Dispositions& d = c.dispositions();
    for (const uint64_t count :
         {d.applied(), d.late(), d.skipped(), d.dead_lettered(), d.retried(),
          d.filtered(), d.absent()}) {
      BindCount(count);
    }
    return Step();
  }

  absl::Status Finish() override {
    const absl::Status status = Execute("COMMIT");
    if (!status.ok()) return status;
    sqlite3_finalize(std::exchange(insert_, nullptr));
    return Check(sqlite3_close(std::exchange(database_, nullptr)));
  }

 private:
  absl::Status Check(int code) const {
    if (code == SQLITE_OK || code == SQLITE_DONE) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(path_, ": ",
                                            database_ == nullptr
                                                ? sqlite3_errstr(code)
                                                : sqlite3_errmsg(database_)));
  }
  absl::Status Execute(const std::string& sql) {
    return Check(
        sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
  }
  absl::Status Prepare(const std::string& sql, sqlite3_stmt** statement) {
    return Check(
        sqlite3_prepare_v2(database_, sql.c_str(), -1, statement, nullptr));
  }
  // Begins a row; what Bind says of its columns, Step reports.
  void Start(sqlite3_stmt* statement) {
    statement_ = statement;
    column_ = 0;
    bound_ = SQLITE_OK;
  }
  absl::Status Step() {
    const absl::Status status =
        Check(bound_ == SQLITE_OK ? sqlite3_step(statement_) : bound_);
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    return status;
  }

  // The row's next column.
  void BindKey(const std::string& key) {
    const auto size = static_cast<sqlite3_uint64>(key.size());
    ++column_;
    // Bytes that are no text are a BLOB, as SQLite has them.
    Took(IsUtf8(key) ? sqlite3_bind_text64(statement_, column_, key.data(),
                                           size, SQLITE_STATIC, SQLITE_UTF8)
                     : sqlite3_bind_blob64(statement_, column_, key.data(),
                                           size, SQLITE_STATIC));
  }
  void Bind(int64_t value) {
    Took(sqlite3_bind_int64(statement_, ++column_, value));
  }
  void BindCount(uint64_t value) { Bind(static_cast<int64_t>(value)); }
  void Bind(const std::string& value) {
    Took(sqlite3_bind_text(statement_, ++column_, value.c_str(),
                           static_cast<int>(value.size()), SQLITE_TRANSIENT));
  }
  // NULL in an empty window.
  void BindValue(const results::Average& average, double value) {
    ++column_;
    if (average.count() == 0) return;
    Took(sqlite3_bind_double(statement_, column_, value));
  }
  void BindNull() { ++column_; }
  void Took(int code) {
    if (code != SQLITE_OK) bound_ = code;
  }

  const std::string path_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;  // into `state`
  std::vector<NamedWindow> windows_;
  sqlite3_stmt* statement_ = nullptr;  // being bound
  int column_ = 0;                     // bound so far
  int bound_ = SQLITE_OK;              // the last thing that went wrong
};

}  // namespace

absl::StatusOr<std::unique_ptr<ExportWriter>> MakeSqliteWriter(
    const std::string& path) {
  auto writer = std::make_unique<SqliteWriter>(path);
  const absl::Status status = writer->Open();
  if (!status.ok()) return status;
  return absl::StatusOr<std::unique_ptr<ExportWriter>>(std::move(writer));
}

}  // namespace exactmean
