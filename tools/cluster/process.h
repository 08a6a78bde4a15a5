// A child process that never outlives its owner: started, signalled, waited for
// with a deadline, and killed at the latest when the owner goes.

#ifndef EXACTMEAN_TOOLS_CLUSTER_PROCESS_H_
#define EXACTMEAN_TOOLS_CLUSTER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace exactmean {

// How a process ended: by its own exit code, or by a signal (then not 0).
struct ExitStatus {
  int exit_code = 0;
  int signal = 0;
  // The most memory it had at a time, bytes; never less than this process had
  // when it started the child.
  int64_t peak_memory = 0;

  bool ok() const { return exit_code == 0 && signal == 0; }
  // What a shell would report as $?.
  int ShellCode() const { return signal == 0 ? exit_code : 128 + signal; }
  std::string ToString() const;
};

struct ProcessOptions {
  // Added to this process's environment, or replacing a variable of it.
  std::vector<std::pair<std::string, std::string>> env;
  // Files to append to, made if missing; may be the same. Empty: inherited.
  std::string stdout_path;
  std::string stderr_path;
  // The file that it reads. Empty: /dev/null, or this process's input.
  std::string stdin_path;
  // Empty: this process's.
  std::string working_dir;
  // True: a process group of its own with /dev/null as input, out of reach of a
  // terminal's Ctrl-C; the destructor kills the whole group. False: the group
  // and the input of this process, as a command in the foreground needs.
  bool own_group = true;
};

// Owns one child. The child is killed when this object goes, and by the kernel
// when this process ends in whatever way, also by SIGKILL; it does not die with
// the thread that started it. Not thread-safe: one caller at a time.
class Process {
 public:
  // Runs argv[0], looked up in PATH. Returns when the program is running; that
  // it cannot be run is an error here, with the reason, not an exit code.
  static absl::StatusOr<Process> Start(const std::vector<std::string>& argv,
                                       const ProcessOptions& options = {});

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }

  // To the process alone, not to its group; after SIGSTOP it stands still when
  // this returns. kFailedPrecondition: it has ended.
  absl::Status Signal(int signal);

  // kDeadlineExceeded leaves it running.
  absl::StatusOr<ExitStatus> Wait(absl::Time deadline);

  bool Running();

 private:
  Process(pid_t pid, int pid_fd, bool own_group)
      : pid_(pid), pid_fd_(pid_fd), own_group_(own_group) {}

  void Reap(int wait_flags);
  void KillAndReap();

  pid_t pid_;
  int pid_fd_;  // readable once the child has ended; -1: moved from
  bool own_group_;
  absl::optional<ExitStatus> exit_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_PROCESS_H_
