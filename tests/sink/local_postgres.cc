// LocalPostgres.

#include "tests/sink/local_postgres.h"

#include <errno.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>  // NOLINT(build/c++17)
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/broker/instance.h"
#include "tests/contents.h"
#include "tools/cluster/free_ports.h"

namespace exactmean {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kPatience = absl::Minutes(1);

// Debian keeps them apart by version, out of PATH: the newest.
absl::StatusOr<std::string> FindPrograms() {
  std::string newest;
  int version = 0;
  std::error_code error;
  for (const auto& entry :
       fs::directory_iterator("/usr/lib/postgresql", error)) {
    const int its = atoi(entry.path().filename().c_str());
    if (its <= version || !fs::exists(entry.path() / "bin/postgres")) continue;
    version = its;
    newest = entry.path() / "bin";
  }
  if (!newest.empty()) return newest;
  return absl::NotFoundError("PostgreSQL is not installed: run tools/setup.sh");
}

// The server does not run as root. In a namespace where root's files are
// nobody's, and so is the process, it does; a sandbox has no other user to
// become. Its death with ours is lost by that, and asked for once more.
std::vector<std::string> AsNobody(std::vector<std::string> command) {
  if (geteuid() != 0) return command;
  const std::vector<std::string> before = {
      "unshare", "--user",  "--map-user=65534", "--map-group=65534",
      "--",      "setpriv", "--pdeathsig",      "KILL"};
  command.insert(command.begin(), before.begin(), before.end());
  return command;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalPostgres>> LocalPostgres::Start(
    const std::string& encoding) {
  const auto programs = FindPrograms();
  if (!programs.ok()) return programs.status();
  const auto ports = FreePorts(1);
  if (!ports.ok()) return ports.status();
  const char* const parent = getenv("TEST_TMPDIR");
  std::string directory =
      absl::StrCat(parent == nullptr ? "/tmp" : parent, "/postgres.XXXXXX");
  if (mkdtemp(directory.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, "cannot make " + directory);
  }
  std::unique_ptr<LocalPostgres> server(
      new LocalPostgres(directory, *programs, ports->front()));
  absl::Status status = server->Initialise(encoding);
  if (status.ok()) status = server->Restart();
  if (!status.ok()) return status;
  return server;
}

LocalPostgres::~LocalPostgres() {
  if (process_.has_value()) Kill().IgnoreError();
  std::error_code error;
  fs::remove_all(directory_, error);
}

std::string LocalPostgres::address() const {
  return absl::StrCat("postgresql://tester@127.0.0.1:", port_, "/postgres");
}

absl::Status LocalPostgres::Initialise(const std::string& encoding) {
  ProcessOptions options;
  options.stdout_path = options.stderr_path = directory_ + "/initdb.log";
  auto process = Process::Start(
      AsNobody({programs_ + "/initdb", "-D", directory_ + "/data", "-U",
                "tester", "-A", "trust", "-E", encoding, "--locale=C",
                "--no-sync"}),
      options);
  if (!process.ok()) return process.status();
  const auto exit = process->Wait(absl::Now() + kPatience);
  if (!exit.ok()) return exit.status();
  if (exit->ok()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("initdb: ", ContentsOf(options.stdout_path)));
}

absl::Status LocalPostgres::Launch() {
  ProcessOptions options;
  options.stdout_path = options.stderr_path = directory_ + "/server.log";
  auto process = Process::Start(
      AsNobody({programs_ + "/postgres", "-D", directory_ + "/data", "-p",
                absl::StrCat(port_), "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories=", "-c", "log_min_messages=warning"}),
      options);
  if (!process.ok()) return process.status();
  process_.emplace(*std::move(process));
  return absl::OkStatus();
}

absl::Status LocalPostgres::Restart() {
  return Eventually(
      [this]() -> absl::Status {
        // The children of one that was killed may still hold its memory: then
        // it ends at once, and is started again.
        if (!process_.has_value() || !process_->Running()) {
          const absl::Status status = Launch();
          if (!status.ok()) return status;
        }
        if (PQping(address().c_str()) == PQPING_OK) return absl::OkStatus();
        return absl::UnavailableError("PostgreSQL does not start: " +
                                      ContentsOf(directory_ + "/server.log"));
      },
      kPatience);
}

absl::Status LocalPostgres::Kill() {
  const absl::Status status = process_->Signal(SIGKILL);
  if (!status.ok()) return status;
  const auto exit = process_->Wait(absl::Now() + kPatience);
  process_.reset();
  return exit.status();
}

absl::StatusOr<std::vector<std::vector<std::string>>> LocalPostgres::Query(
    const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(
      PQconnectdb(address().c_str()), &PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
      PQexec(connection.get(), sql.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return absl::InternalError(
        absl::StrCat(sql, ": ", PQerrorMessage(connection.get())));
  }
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int j = 0; j < PQnfields(result.get()); ++j) {
      row.push_back(PQgetisnull(result.get(), i, j) != 0
                        ? "NULL"
                        : PQgetvalue(result.get(), i, j));
    }
  }
  return rows;
}

}  // namespace exactmean
