// What exactmean-inspect says to a command line, without any Kafka.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(InspectUsageTest, HelpListsTheCommandsAndEndsWell) {
  const InspectResult help = Inspect({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_THAT(help.out, AllOf(HasSubstr("\n  list "), HasSubstr("\n  get KEY"),
                              HasSubstr("Exit codes:")));
}

TEST(InspectUsageTest, EachCommandHasItsHelp) {
  const InspectResult help = Inspect({"get", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("exactmean-inspect get KEY..."),
                              HasSubstr("Examples:"), HasSubstr("--partition"),
                              Not(HasSubstr("--limit"))));
}

// As in a script: exactmean-inspect get --help > /some/disk/that/is/full
TEST(InspectUsageTest, HelpThatCannotBeWrittenFails) {
  const std::string errors = ::testing::TempDir() + "/help.err";
  for (const char* const flag : {"--help", "--version"}) {
    ProcessOptions options;
    options.stdout_path = "/dev/full";
    options.stderr_path = errors;
    auto process = Process::Start(
        {"tools/inspect/exactmean-inspect", "get", flag}, options);
    ASSERT_THAT(process, IsOk());
    const auto exit = process->Wait(absl::Now() + absl::Seconds(30));
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 1) << flag;
    EXPECT_THAT(ContentsOf(errors), HasSubstr("cannot write"));
  }
}

struct Wrong {
  std::vector<std::string> words;
  std::string says;
};

TEST(InspectUsageTest, WrongUseIsTwoAndSaysWhat) {
  const Wrong kWrong[] = {
      {{}, "say what: status, list"},
      {{"lst"}, "no command \"lst\""},
      {{"list", "surplus"}, "list takes no \"surplus\""},
      {{"get"}, "get needs KEY..."},
      {{"list", "--no_such_flag"}, "no_such_flag"},
      {{"list", "--at_time=2026-01-01"}, "list takes no --at_time"},
      {{"dlq", "list", "--execute"}, "dlq list takes no --execute"},
      {{"dlq", "list", "--max_attempts=5"}, "dlq list takes no --max_attempts"},
      {{"dlq", "show", "0/0", "--kind=no-key"}, "dlq show takes no --kind"},
      {{"list"}, "which topic?"},
      {{"export", "--output=json", "--format=csv"},
       "--output=json is --format=jsonl, not csv"},
      {{"plot", "IBM", "--output=json"}, "a plot is a picture"},
      {{"completion", "bash", "--output=json"}, "no JSON"},
      {{"get", "IBM", "--at_offset=-5"}, "at_offset"},
      {{"list", "--partition=-2"}, "partition"},
      {{"diff", "--from_offset=-5"}, "from_offset"},
      {{"rewind", "--to_offset=-5", "--partition=0"}, "to_offset"},
      {{"rewind", "--dry_run", "--execute"}, "--dry_run and --execute"},
      {{"simulate", "--key_separator=:", "--key_field=/ticker"},
       "--key_separator and --key_field: which?"},
      {{"simulate", "--key=IBM", "--key_field=/ticker"},
       "--key and --key_field: which?"},
      {{"simulate", "--timestamp_step=1m", "--timestamp_separator", ","},
       "--timestamp_separator and --timestamp_step: which?"},
      {{"plot", "IBM", "--bootstrap_servers=127.0.0.1:1", "--results_topic=t",
        "--max_records=5"},
       "--max_records is of the input, which --config=FILE names"},
      {{"list", "--output=xml"}, "--output is text or json"},
      {{"list", "--config=/no/such/file"}, "/no/such/file"},
      {{"list", "--bootstrap_servers=localhost:9"}, "--results_topic"},
      {{"list", "--config_override=application_id: \"other\"",
        "--bootstrap_servers=localhost:9", "--results_topic=t"},
       "--config_override changes what --config=FILE says: give it, too"},
  };
  for (const Wrong& wrong : kWrong) {
    const InspectResult result = Inspect(wrong.words);
    EXPECT_EQ(result.code, 2) << wrong.says;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(wrong.says));
  }
}

TEST(InspectUsageTest, AClusterOutOfReachIsSix) {
  const InspectResult result =
      Inspect({"list", "--bootstrap_servers=127.0.0.1:1", "--results_topic=t",
               "--patience=1s"});
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("127.0.0.1:1"));
}

// The handler is there once it has answered the first line.
TEST(InspectUsageTest, InterruptedIsSaidAndIs130) {
  const std::string prefix = ::testing::TempDir() + "/interrupted";
  std::ofstream(prefix + ".textproto") << R"(
      application_id: "a" input { topic: "t" number {} }
      results { topic: "r" } window { name: "w" count { size: 2 } })";
  ASSERT_EQ(mkfifo((prefix + ".in").c_str(), 0600), 0);
  const int lines = open((prefix + ".in").c_str(), O_RDWR);
  ASSERT_GE(lines, 0);
  ASSERT_EQ(write(lines, "1\n", 2), 2);
  ProcessOptions options;
  options.stdin_path = prefix + ".in";
  options.stdout_path = prefix + ".out";
  options.stderr_path = prefix + ".err";
  auto process =
      Process::Start({"tools/inspect/exactmean-inspect", "simulate",
                      "--config=" + prefix + ".textproto", "--output=json"},
                     options);
  ASSERT_THAT(process, IsOk());
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (ContentsOf(prefix + ".out").empty() && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  ASSERT_THAT(process->Signal(SIGINT), IsOk());
  const auto exit = process->Wait(deadline);
  close(lines);
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 130);
  EXPECT_THAT(ContentsOf(prefix + ".err"), AllOf(HasSubstr("1 line: 1 applied"),
                                                 HasSubstr(": interrupted\n")));
}

}  // namespace
}  // namespace exactmean
