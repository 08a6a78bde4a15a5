// A child as an object: files, environment, waiting and the end.

#include "tools/cluster/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tools/cluster/spawn.h"

namespace exactmean {
namespace {

// A descriptor above 2 that is closed at the end of its scope.
class ScopedFd {
 public:
  ScopedFd() = default;
  ScopedFd(const ScopedFd&) = delete;
  ScopedFd& operator=(const ScopedFd&) = delete;
  ~ScopedFd() {
    if (fd_ >= 0) close(fd_);
  }

  absl::Status Open(const std::string& path, int flags) {
    const int fd = open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
    }
    fd_ = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    const int error = errno;
    close(fd);
    if (fd_ < 0) return absl::ErrnoToStatus(error, "fcntl");
    return absl::OkStatus();
  }

  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

std::vector<std::string> Environment(
    const std::vector<std::pair<std::string, std::string>>& additions) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const bool replaced =
        std::any_of(additions.begin(), additions.end(), [&](const auto& kv) {
          return absl::StartsWith(*entry, absl::StrCat(kv.first, "="));
        });
    if (!replaced) result.push_back(*entry);
  }
  for (const auto& [name, value] : additions) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

// Pointers into `strings`, ending with nullptr, as exec takes them.
std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& s : strings) result.push_back(s.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::string ExitStatus::ToString() const {
  if (signal == 0) return absl::StrCat("exit code ", exit_code);
  return absl::StrCat("signal ", signal, " (", strsignal(signal), ")");
}

absl::StatusOr<Process> Process::Start(const std::vector<std::string>& argv,
                                       const ProcessOptions& options) {
  if (argv.empty()) return absl::InvalidArgumentError("no command to start");
  ScopedFd files[3];
  absl::Status status;
  if (!options.stdin_path.empty()) {
    status.Update(files[0].Open(options.stdin_path, O_RDONLY));
  } else if (options.own_group) {
    status.Update(files[0].Open("/dev/null", O_RDONLY));
  }
  constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND;
  if (!options.stdout_path.empty()) {
    status.Update(files[1].Open(options.stdout_path, kAppend));
  }
  if (!options.stderr_path.empty()) {
    status.Update(files[2].Open(options.stderr_path, kAppend));
  }
  if (!status.ok()) return status;

  std::vector<std::string> args = argv;
  std::vector<std::string> env = Environment(options.env);
  const std::vector<char*> arg_pointers = Pointers(args);
  const std::vector<char*> env_pointers = Pointers(env);
  SpawnRequest request;
  request.argv = arg_pointers.data();
  request.envp = env_pointers.data();
  if (!options.working_dir.empty()) {
    request.working_dir = options.working_dir.c_str();
  }
  for (int i = 0; i < 3; ++i) request.stdio[i] = files[i].get();
  request.own_group = options.own_group;
  absl::StatusOr<pid_t> pid = Spawn(request);
  if (!pid.ok()) return pid.status();

  const int pid_fd = static_cast<int>(syscall(SYS_pidfd_open, *pid, 0));
  const int error = errno;
  Process process(*pid, pid_fd, options.own_group);
  if (pid_fd < 0) {
    process.KillAndReap();
    return absl::ErrnoToStatus(error, "pidfd_open (Linux 5.3 or newer)");
  }
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(other.pid_),
      pid_fd_(std::exchange(other.pid_fd_, -1)),
      own_group_(other.own_group_),
      exit_(other.exit_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  if (pid_fd_ >= 0) KillAndReap();
  pid_ = other.pid_;
  pid_fd_ = std::exchange(other.pid_fd_, -1);
  own_group_ = other.own_group_;
  exit_ = other.exit_;
  return *this;
}

Process::~Process() {
  if (pid_fd_ >= 0) KillAndReap();
}

absl::Status Process::Signal(int signal) {
  if (!Running()) {
    return absl::FailedPreconditionError(
        absl::StrCat("process ", pid_, " has ended with ", exit_->ToString()));
  }
  // Not reaped yet, so the id cannot be another process's by now.
  if (kill(pid_, signal) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("kill ", pid_));
  }
  if (signal == SIGSTOP) {
    // Its threads stop one after the other, and each may do much until then.
    siginfo_t stopped = {};
    while (waitid(P_PID, static_cast<id_t>(pid_), &stopped,
                  WSTOPPED | WEXITED | WNOWAIT) != 0) {
      if (errno != EINTR) {
        return absl::ErrnoToStatus(errno, absl::StrCat("waitid ", pid_));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ExitStatus> Process::Wait(absl::Time deadline) {
  while (Running()) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError(
          absl::StrCat("process ", pid_, " still runs"));
    }
    pollfd ended = {pid_fd_, POLLIN, 0};
    const absl::Duration step = std::min(left, absl::Hours(1));
    if (poll(&ended, 1, static_cast<int>(absl::ToInt64Milliseconds(step)) + 1) <
            0 &&
        errno != EINTR) {
      return absl::ErrnoToStatus(errno, "poll");
    }
  }
  return *exit_;
}

bool Process::Running() {
  if (!exit_.has_value()) Reap(WNOHANG);
  return !exit_.has_value();
}

void Process::Reap(int wait_flags) {
  int status = 0;
  rusage usage = {};
  pid_t reaped;
  do {
    reaped = wait4(pid_, &status, wait_flags, &usage);
  } while (reaped < 0 && errno == EINTR);
  if (reaped == 0) return;  // still running
  ExitStatus exit;
  if (reaped < 0) {
    exit.exit_code = 255;  // somebody else has waited for our child
  } else if (WIFSIGNALED(status)) {
    exit.signal = WTERMSIG(status);
  } else {
    exit.exit_code = WEXITSTATUS(status);
  }
  exit.peak_memory = int64_t{usage.ru_maxrss} << 10;
  exit_ = exit;
}

void Process::KillAndReap() {
  if (!exit_.has_value()) {
    kill(own_group_ ? -pid_ : pid_, SIGKILL);
    Reap(0);
  }
  if (pid_fd_ >= 0) close(std::exchange(pid_fd_, -1));
}

}  // namespace exactmean
