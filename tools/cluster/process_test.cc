// Children that end, are killed, outlast a thread and die with their parent.

#include "tools/cluster/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <thread>  // NOLINT(build/c++11)
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

static_assert(!std::is_copy_constructible<Process>::value, "");

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

std::string TempPath(const std::string& name) {
  return absl::StrCat(::testing::TempDir(), "/process_test.", getpid(), ".",
                      name);
}

// Runs a command to its end and returns what it printed.
std::string OutputOf(const std::vector<std::string>& argv,
                     ProcessOptions options = {}) {
  options.stdout_path = TempPath("out");
  unlink(options.stdout_path.c_str());
  auto process = Process::Start(argv, options);
  EXPECT_THAT(process, IsOk());
  if (!process.ok()) return "";
  EXPECT_THAT(process->Wait(Soon()), IsOk());
  return ContentsOf(options.stdout_path);
}

// Waits for a line in a file that a child writes.
std::string AwaitLine(const std::string& path) {
  for (const absl::Time deadline = Soon(); absl::Now() < deadline;
       absl::SleepFor(absl::Milliseconds(2))) {
    const std::string text = ContentsOf(path);
    if (absl::EndsWith(text, "\n")) return text.substr(0, text.size() - 1);
  }
  ADD_FAILURE() << "nothing was written to " << path;
  return "";
}

// True as long as there is such a process, even one not yet reaped.
bool Exists(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

// How an orphan that has come to us ends. One that does not is killed: a test
// leaves nothing behind.
int EndingSignal(pid_t orphan) {
  int status = 0;
  for (const absl::Time deadline = Soon(); absl::Now() < deadline;
       absl::SleepFor(absl::Milliseconds(2))) {
    if (waitpid(orphan, &status, WNOHANG) == orphan) {
      return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
  }
  kill(orphan, SIGKILL);
  waitpid(orphan, &status, 0);
  ADD_FAILURE() << "process " << orphan << " was still running";
  return -1;
}

TEST(ProcessTest, ReportsExitCode) {
  auto process = Process::Start({"sh", "-c", "exit 3"});
  ASSERT_THAT(process, IsOk());
  auto exit = process->Wait(Soon());
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->exit_code, 3);
  EXPECT_EQ(exit->ShellCode(), 3);
  EXPECT_FALSE(exit->ok());
  EXPECT_EQ(exit->ToString(), "exit code 3");
  EXPECT_FALSE(process->Running());
  EXPECT_THAT(process->Signal(SIGTERM),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(ProcessTest, ReportsSignal) {
  auto process = Process::Start({"sleep", "1000"});
  ASSERT_THAT(process, IsOk());
  EXPECT_TRUE(process->Running());
  ASSERT_THAT(process->Signal(SIGTERM), IsOk());
  auto exit = process->Wait(Soon());
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->signal, SIGTERM);
  EXPECT_EQ(exit->ShellCode(), 128 + SIGTERM);
  EXPECT_THAT(exit->ToString(), HasSubstr("signal 15"));
}

TEST(ProcessTest, ReportsPeakMemory) {
  for (const int megabytes : {1, 60}) {
    auto process =
        Process::Start({"sh", "-c",
                        absl::StrCat("held=$(head -c ", megabytes,
                                     "000000 /dev/zero | tr '\\0' x)")});
    ASSERT_THAT(process, IsOk());
    const auto exit = process->Wait(Soon());
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->peak_memory > 50'000'000, megabytes == 60);
  }
}

TEST(ProcessTest, DeadlineLeavesItRunning) {
  auto process = Process::Start({"sleep", "1000"});
  ASSERT_THAT(process, IsOk());
  const absl::Time start = absl::Now();
  auto exit = process->Wait(start + absl::Milliseconds(50));
  EXPECT_THAT(exit, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(50));
  EXPECT_TRUE(process->Running());
  EXPECT_THAT(process->Wait(absl::InfinitePast()),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(ProcessTest, WaitsWithoutDeadline) {
  auto process = Process::Start({"sleep", "0.05"});
  ASSERT_THAT(process, IsOk());
  auto exit = process->Wait(absl::InfiniteFuture());
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok());
}

TEST(ProcessTest, SaysWhyItCannotStart) {
  auto missing = Process::Start({"/no/such/program"});
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(std::string(missing.status().message()),
              HasSubstr("cannot start '/no/such/program'"));

  ProcessOptions options;
  options.working_dir = "/no/such/dir";
  auto dir = Process::Start({"true"}, options);
  EXPECT_THAT(std::string(dir.status().message()),
              HasSubstr("change directory"));

  options = {};
  options.stdout_path = "/no/such/dir/file";
  auto file = Process::Start({"true"}, options);
  EXPECT_THAT(std::string(file.status().message()),
              HasSubstr("/no/such/dir/file"));
  EXPECT_THAT(Process::Start({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ProcessTest, EnvironmentAddsAndReplaces) {
  ASSERT_EQ(setenv("PROCESS_TEST_A", "ours", 1), 0);
  ASSERT_EQ(setenv("PROCESS_TEST_B", "kept", 1), 0);
  ProcessOptions options;
  options.env = {{"PROCESS_TEST_A", "replaced"}, {"PROCESS_TEST_C", "new"}};
  EXPECT_EQ(OutputOf({"sh", "-c",
                      "echo $PROCESS_TEST_A $PROCESS_TEST_B $PROCESS_TEST_C"},
                     options),
            "replaced kept new\n");
}

TEST(ProcessTest, OutputFilesAreAppendedTo) {
  ProcessOptions options;
  options.stdout_path = options.stderr_path = TempPath("both");
  options.working_dir = "/";
  for (int i = 0; i < 2; ++i) {
    auto process =
        Process::Start({"sh", "-c", "pwd; echo error >&2; cat"}, options);
    ASSERT_THAT(process, IsOk());
    EXPECT_THAT(process->Wait(Soon()), IsOk());  // cat: the input is empty
  }
  EXPECT_EQ(ContentsOf(options.stdout_path), "/\nerror\n/\nerror\n");
}

TEST(ProcessTest, InheritsNoDescriptors) {
  const int leaky = open("/dev/null", O_RDONLY);  // no close-on-exec
  ASSERT_GE(leaky, 3);
  EXPECT_EQ(
      OutputOf({"sh", "-c",
                absl::StrCat("test -e /proc/self/fd/", leaky, "; echo $?")}),
      "1\n");
  close(leaky);
}

TEST(ProcessTest, InheritsNoBlockedSignals) {
  // main() has blocked one. No shell: some unblock all by themselves.
  EXPECT_THAT(OutputOf({"grep", "SigBlk", "/proc/self/status"}),
              HasSubstr("0000000000000000"));
}

TEST(ProcessTest, DestructorKillsTheWholeGroup) {
  const std::string path = TempPath("group");
  // Orphans come to us, so that we see them end.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  pid_t leader, member;
  {
    ProcessOptions options;
    options.stdout_path = path;
    auto process =
        Process::Start({"sh", "-c", "sleep 1000 & echo $!; wait"}, options);
    ASSERT_THAT(process, IsOk());
    leader = process->pid();
    ASSERT_TRUE(absl::SimpleAtoi(AwaitLine(path), &member));
    ASSERT_THAT(process->Signal(SIGSTOP), IsOk());  // stopped ones die too
  }
  EXPECT_FALSE(Exists(leader));
  EXPECT_EQ(EndingSignal(member), SIGKILL);
}

TEST(ProcessTest, MovesOwnership) {
  auto first = Process::Start({"sleep", "1000"});
  auto second = Process::Start({"sleep", "1000"});
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  const pid_t first_pid = first->pid();
  const pid_t second_pid = second->pid();
  Process owner = *std::move(first);
  EXPECT_TRUE(owner.Running());
  owner = *std::move(second);
  EXPECT_FALSE(Exists(first_pid));
  EXPECT_EQ(owner.pid(), second_pid);
  EXPECT_TRUE(owner.Running());
}

TEST(ProcessTest, OutlivesTheThreadThatStartedIt) {
  absl::StatusOr<Process> process = absl::UnknownError("not started");
  std::thread([&] { process = Process::Start({"sleep", "1000"}); }).join();
  ASSERT_THAT(process, IsOk());
  // The kernel's signal would be there well before this.
  EXPECT_THAT(process->Wait(absl::Now() + absl::Milliseconds(200)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

constexpr char kParentRole[] = "--be-a-parent";

TEST(ProcessTest, DiesWithAParentThatIsKilled) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  ProcessOptions options;
  options.stdout_path = TempPath("parent");
  auto parent = Process::Start({"/proc/self/exe", kParentRole}, options);
  ASSERT_THAT(parent, IsOk());
  pid_t child;
  ASSERT_TRUE(absl::SimpleAtoi(AwaitLine(options.stdout_path), &child));
  ASSERT_TRUE(Exists(child));
  ASSERT_THAT(parent->Signal(SIGKILL), IsOk());  // no destructor runs
  EXPECT_THAT(parent->Wait(Soon()), IsOk());
  EXPECT_EQ(EndingSignal(child), SIGKILL);
}

// The other program of the test above: tells its child's id, and waits.
int BeAParent() {
  auto child = Process::Start({"sleep", "1000"});
  if (!child.ok()) return 1;
  std::cout << child->pid() << std::endl;
  return child->Wait(absl::InfiniteFuture()).ok() ? 0 : 1;
}

}  // namespace

int ChildRole() { return BeAParent(); }

}  // namespace exactmean

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], exactmean::kParentRole) == 0) {
    return exactmean::ChildRole();
  }
  // Before the first thread, for all of them to have it.
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
