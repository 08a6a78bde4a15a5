// The Java command, the formatted directory and the signs of readiness.

#include "tools/cluster/broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>  // NOLINT(build/c++17)
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace exactmean {
namespace {

namespace fs = std::filesystem;

// Any one will do: all nodes of a cluster must have the same.
constexpr char kClusterId[] = "ExactmeanLocalKafka00A";
constexpr int kLogLinesInError = 15;

absl::Status FileError(const std::error_code& error, const std::string& path) {
  return absl::InternalError(absl::StrCat(path, ": ", error.message()));
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text << std::flush;
  if (!file) return absl::InternalError("cannot write " + path);
  return absl::OkStatus();
}

// The lines of a log that tell what went wrong: from the first error on, as a
// long shutdown may follow it; without one, the last.
std::string TellingLines(const std::string& log) {
  const std::vector<std::string> lines =
      absl::StrSplit(log, '\n', absl::SkipEmpty());
  auto first =
      std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
        return absl::StrContains(line, " ERROR ");
      });
  const auto shown = [&] { return lines.end() - first; };
  if (first == lines.end()) {
    first = lines.begin();
    if (shown() > kLogLinesInError) first = lines.end() - kLogLinesInError;
  }
  return absl::StrJoin(
      first, first + std::min<std::ptrdiff_t>(shown(), kLogLinesInError),
      "\n  ");
}

}  // namespace

Broker::Broker(KafkaInstall install, std::string dir, int node_id, int port,
               std::vector<std::string> jvm_flags)
    : install_(std::move(install)),
      dir_(std::move(dir)),
      node_id_(node_id),
      port_(port),
      jvm_flags_(std::move(jvm_flags)) {}

absl::Status Broker::Prepare(const std::string& properties) {
  std::error_code error;
  fs::create_directories(data_dir(), error);
  if (error) return FileError(error, data_dir());
  fs::create_directories(dir_ + "/tmp", error);
  if (error) return FileError(error, dir_);
  const std::string meta = data_dir() + "/meta.properties";
  if (!fs::exists(meta)) {
    // What `kafka-storage format` does, without a Java VM of its own. The file
    // that marks the directory as formatted comes last.
    const std::string checkpoint = data_dir() + "/bootstrap.checkpoint";
    fs::copy_file(install_.bootstrap_checkpoint, checkpoint,
                  fs::copy_options::overwrite_existing, error);
    if (error) return FileError(error, checkpoint);
    absl::Status status =
        WriteFile(meta, absl::StrCat("version=1\ncluster.id=", kClusterId,
                                     "\nnode.id=", node_id_, "\n"));
    if (!status.ok()) return status;
  }
  return WriteFile(dir_ + "/server.properties", properties);
}

std::vector<std::string> Broker::Command() const {
  std::vector<std::string> command = {install_.java};
  command.insert(command.end(), jvm_flags_.begin(), jvm_flags_.end());
  for (const std::string& flag : {
           "-XX:SharedArchiveFile=" + install_.startup_archive,
           // Without this, a killed VM leaves a file in the system's /tmp.
           std::string("-XX:-UsePerfData"),
           "-Djava.io.tmpdir=" + dir_ + "/tmp",
           std::string("-Djava.awt.headless=true"),
           std::string("-Dorg.slf4j.simpleLogger.defaultLogLevel=info"),
           // A thousand lines of settings at each start.
           std::string("-Dorg.slf4j.simpleLogger.log."
                       "org.apache.kafka.common.config=warn"),
           std::string("-Dorg.slf4j.simpleLogger.showDateTime=true"),
           std::string("-Dorg.slf4j.simpleLogger.dateTimeFormat="
                       "yyyy-MM-dd'T'HH:mm:ss.SSS"),
       }) {
    command.push_back(flag);
  }
  command.insert(command.end(), {"-cp", install_.classpath, "kafka.Kafka",
                                 dir_ + "/server.properties"});
  return command;
}

absl::Status Broker::Launch() {
  if (Running()) {
    return absl::FailedPreconditionError(
        absl::StrCat("broker ", node_id_ - 1, " runs already, as process ",
                     process_->pid(), ": Kill or Stop it first"));
  }
  std::error_code error;
  const auto size = fs::file_size(log_path(), error);
  log_start_ = error ? 0 : static_cast<int64_t>(size);
  ProcessOptions options;
  options.stdout_path = log_path();
  options.stderr_path = log_path();
  absl::StatusOr<Process> process = Process::Start(Command(), options);
  if (!process.ok()) return process.status();
  process_.emplace(*std::move(process));
  return absl::OkStatus();
}

absl::Status Broker::AwaitReady(absl::Time deadline) {
  constexpr absl::Duration kBetweenLooks = absl::Milliseconds(20);
  while (process_.has_value()) {
    if (ReadyInLog() && Accepts()) return absl::OkStatus();
    absl::StatusOr<ExitStatus> exit =
        process_->Wait(std::min(deadline, absl::Now() + kBetweenLooks));
    if (exit.ok()) {
      const bool port_taken =
          absl::StrContains(LogSinceLaunch(), "Address already in use");
      return Failure(port_taken ? absl::StatusCode::kAlreadyExists
                                : absl::StatusCode::kInternal,
                     "ended while starting, with " + exit->ToString());
    }
    if (!absl::IsDeadlineExceeded(exit.status())) return exit.status();
    if (absl::Now() >= deadline) {
      return Failure(absl::StatusCode::kDeadlineExceeded,
                     "did not become ready in time");
    }
  }
  return absl::FailedPreconditionError(
      absl::StrCat("broker ", node_id_ - 1, " was never launched"));
}

absl::Status Broker::Signal(int signal) {
  if (!process_.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat("broker ", node_id_ - 1, " was never launched"));
  }
  return process_->Signal(signal);
}

absl::Status Broker::LimitFiles() {
  if (!Running()) {
    return absl::FailedPreconditionError(
        absl::StrCat("broker ", node_id_ - 1, " does not run"));
  }
  // A Java VM ignores SIGXFSZ, so that writing is what fails. Unlike a small
  // file system of its own this needs no right to mount.
  const rlimit none = {0, RLIM_INFINITY};
  if (prlimit(process_->pid(), RLIMIT_FSIZE, &none, nullptr) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(
      errno, absl::StrCat("limiting the files of broker ", node_id_ - 1));
}

absl::Status Broker::AwaitEnd(absl::Time deadline) {
  if (!process_.has_value()) return absl::OkStatus();
  absl::StatusOr<ExitStatus> exit = process_->Wait(deadline);
  if (exit.ok()) return absl::OkStatus();
  if (absl::IsDeadlineExceeded(exit.status())) {
    exit = Failure(absl::StatusCode::kDeadlineExceeded,
                   "did not stop in time and was killed");
  }
  process_.reset();  // kills
  return exit.status();
}

bool Broker::ReadyInLog() const {
  return absl::StrContains(LogSinceLaunch(), "Kafka Server started");
}

bool Broker::Accepts() const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port_));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool accepts =
      connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return accepts;
}

std::string Broker::LogSinceLaunch() const {
  std::ifstream log(log_path());
  log.seekg(log_start_);
  return std::string(std::istreambuf_iterator<char>(log), {});
}

absl::Status Broker::Failure(absl::StatusCode code,
                             const std::string& what) const {
  return absl::Status(code, absl::StrCat("Kafka broker ", node_id_ - 1, " ",
                                         what, ". ", log_path(), " says:\n  ",
                                         TellingLines(LogSinceLaunch())));
}

}  // namespace exactmean
