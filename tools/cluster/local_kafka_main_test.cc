// The command as a user runs it: its command's code, signals and the end.

#include <signal.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class LocalKafkaMainTest : public ::testing::Test {
 protected:
  // The command with `arguments`; what it prints goes to out_.
  absl::StatusOr<Process> Run(std::vector<std::string> arguments) {
    ProcessOptions options;
    out_ = absl::StrCat(
        ::testing::TempDir(), "/main_test.", getpid(), ".",
        ::testing::UnitTest::GetInstance()->current_test_info()->name());
    options.stdout_path = options.stderr_path = out_;
    arguments.insert(arguments.begin(), "tools/cluster/local-kafka");
    return Process::Start(arguments, options);
  }

  std::string Output() { return ContentsOf(out_); }

  void AwaitOutput(const std::string& text) {
    for (const absl::Time deadline = absl::Now() + absl::Seconds(60);
         !absl::StrContains(Output(), text);) {
      ASSERT_LT(absl::Now(), deadline) << Output();
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  int CodeOf(Process& process) {
    auto exit = process.Wait(absl::Now() + absl::Seconds(60));
    EXPECT_THAT(exit, IsOk()) << Output();
    return exit.ok() ? exit->ShellCode() : -1;
  }

  std::string out_;
};

TEST_F(LocalKafkaMainTest, GivesTheCommandItsAddressAndReturnsItsCode) {
  auto process = Run({"--", "sh", "-c",
                      "echo at $EXACTMEAN_BOOTSTRAP_SERVERS;"
                      "echo jars \"$EXACTMEAN_KAFKA_CLASSPATH\"; exit 7"});
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(CodeOf(*process), 7);
  EXPECT_THAT(Output(), HasSubstr("at 127.0.0.1:"));
  EXPECT_THAT(Output(), HasSubstr("/*\n"));
}

TEST_F(LocalKafkaMainTest, ForwardsSignalsToTheCommand) {
  auto process = Run({"--", "sh", "-c",
                      "trap 'echo got TERM; exit 5' TERM; echo ready;"
                      "while :; do sleep 0.05; done"});
  ASSERT_THAT(process, IsOk());
  AwaitOutput("ready");
  ASSERT_THAT(process->Signal(SIGTERM), IsOk());
  EXPECT_EQ(CodeOf(*process), 5);
  EXPECT_THAT(Output(), HasSubstr("got TERM"));
}

TEST_F(LocalKafkaMainTest, WithoutACommandRunsUntilInterrupted) {
  auto process = Run({});
  ASSERT_THAT(process, IsOk());
  AwaitOutput("Ctrl-C stops it and removes the data.");
  EXPECT_THAT(Output(), HasSubstr("export EXACTMEAN_BOOTSTRAP_SERVERS=127."));
  ASSERT_THAT(process->Signal(SIGINT), IsOk());
  EXPECT_EQ(CodeOf(*process), 0);
}

TEST_F(LocalKafkaMainTest, SaysWhenTheBrokerDies) {
  auto process = Run({"--heap=-Xmx1m"});
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(CodeOf(*process), 1);
  EXPECT_THAT(Output(), HasSubstr("ended while starting"));
}

TEST_F(LocalKafkaMainTest, RefusesWhatItDoesNotUnderstand) {
  auto process = Run({"--properties=nonsense"});
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(CodeOf(*process), 2);
  EXPECT_THAT(Output(), HasSubstr("'nonsense' is not name=value"));
}

TEST_F(LocalKafkaMainTest, SaysWhyTheCommandCannotRun) {
  auto process = Run({"--", "/no/such/command"});
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(CodeOf(*process), 127);
  EXPECT_THAT(Output(), HasSubstr("/no/such/command"));
}

}  // namespace
}  // namespace exactmean
