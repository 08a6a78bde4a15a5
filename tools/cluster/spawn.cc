// Fork and exec from a thread that lives as long as the process does.

#include "tools/cluster/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>  // NOLINT(build/c++11)
#include <mutex>               // NOLINT(build/c++11)
#include <thread>              // NOLINT(build/c++11)

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

// The kernel's "signal at parent's death" means the death of the *thread* that
// forked. So all forks are done by this one, which never ends: its children
// outlive whichever thread asked for them, and no process.
class ForkThread {
 public:
  static ForkThread& Get() {
    static auto* const instance = new ForkThread;
    return *instance;
  }

  // Runs `work` on the thread and returns when it is done.
  void Run(absl::FunctionRef<void()> work) {
    std::lock_guard<std::mutex> one_at_a_time(callers_);
    std::unique_lock<std::mutex> lock(mutex_);
    work_ = &work;
    changed_.notify_all();
    changed_.wait(lock, [this] { return work_ == nullptr; });
  }

 private:
  ForkThread() { std::thread(&ForkThread::Loop, this).detach(); }

  void Loop() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return work_ != nullptr; });
      (*work_)();
      work_ = nullptr;
      changed_.notify_all();
    }
  }

  // The standard's, not Abseil's: the thread sanitizer sees through them also
  // where the system's Abseil was built without it.
  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::FunctionRef<void()>* work_ = nullptr;
};

// What a child that could not become the program tells its parent.
struct Failure {
  char step[24];
  int error;
};

[[noreturn]] void Fail(int report_fd, const char* step) {
  Failure failure = {};
  failure.error = errno;
  for (size_t i = 0; i + 1 < sizeof(failure.step) && step[i] != '\0'; ++i) {
    failure.step[i] = step[i];
  }
  // Nobody is left to tell if this fails; the exit code still says 127.
  ssize_t written = write(report_fd, &failure, sizeof(failure));
  _exit(written == sizeof(failure) ? 127 : 126);
}

// Descriptors of ours that lack close-on-exec, a socket to a broker say, would
// live on in the child: hidden from us, and held open for the other side.
void CloseOthersOnExec() {
  if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  const int limit = static_cast<int>(sysconf(_SC_OPEN_MAX));
  for (int fd = 3; fd < limit; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// Runs in the child: only what is safe in a signal handler may be called.
[[noreturn]] void BecomeProgram(const SpawnRequest& request, pid_t parent,
                                int report_fd) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) Fail(report_fd, "prctl");
  if (getppid() != parent) _exit(127);  // it died before the line above
  if (request.own_group && setpgid(0, 0) != 0) Fail(report_fd, "setpgid");
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) {
    Fail(report_fd, "sigprocmask");
  }
  signal(SIGPIPE, SIG_DFL);
  for (int fd = 0; fd < 3; ++fd) {
    if (request.stdio[fd] >= 0 && dup2(request.stdio[fd], fd) < 0) {
      Fail(report_fd, "dup2");
    }
  }
  if (request.working_dir != nullptr && chdir(request.working_dir) != 0) {
    Fail(report_fd, "change directory");
  }
  CloseOthersOnExec();
  execvpe(request.argv[0], request.argv, request.envp);
  Fail(report_fd, "execute");
}

// Reads the report pipe: closed without a word by a successful exec.
absl::Status AwaitExec(int fd) {
  Failure failure;
  ssize_t n;
  do {
    n = read(fd, &failure, sizeof(failure));
  } while (n < 0 && errno == EINTR);
  if (n == 0) return absl::OkStatus();
  if (n < 0) return absl::ErrnoToStatus(errno, "read from the child");
  return absl::ErrnoToStatus(failure.error, failure.step);
}

}  // namespace

absl::StatusOr<pid_t> Spawn(const SpawnRequest& request) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe");
  // Out of the way of 0..2, should one of them be closed here.
  const int report_fd = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
  close(report[1]);
  pid_t pid = -1;
  int error = errno;
  if (report_fd >= 0) {
    const pid_t parent = getpid();
    ForkThread::Get().Run([&] {
      pid = fork();
      error = errno;
      if (pid == 0) BecomeProgram(request, parent, report_fd);
    });
    close(report_fd);
  }
  absl::Status status =
      pid > 0 ? AwaitExec(report[0]) : absl::ErrnoToStatus(error, "fork");
  close(report[0]);
  if (status.ok()) return pid;
  if (pid > 0) waitpid(pid, nullptr, 0);
  return absl::Status(
      status.code(),
      absl::StrCat("cannot start '", request.argv[0], "': ", status.message()));
}

}  // namespace exactmean
