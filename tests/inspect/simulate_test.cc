// simulate, as shipped: without a broker, with its exit codes.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
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

using ::testing::HasSubstr;

constexpr char kConfig[] = "--config=tools/demo/stocks.textproto";
constexpr char kRecords[] = R"({"ticker":"A","date":"2000-03-01","adj_close":4}
{"ticker":"B","date":"2000-03-02","adj_close":"6"}
{"ticker":"A","date":"2000-03-03","adj_close":1}
)";

TEST(InspectSimulateTest, PrintsWhatChangesLineByLine) {
  const InspectResult result =
      Inspect({"simulate", kConfig, "--key_field=/ticker"}, kRecords);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out,
            "  LINE  KEY                  sma20         sma50        ewma20"
            "           all         month\n"
            "     1  A                        4             4             4"
            "             4             4\n"
            "     2  B                        6             6             6"
            "             6             6\n"
            "     3  A                      2.5           2.5       3.71429"
            "           2.5           2.5\n");
  EXPECT_EQ(result.err,
            "3 lines: 3 applied, 0 late, 0 bad and skipped; 2 keys\n");
}

TEST(InspectSimulateTest, ABadRecordEndsItUnderStopAloneAndKeepsWhatWasBefore) {
  const std::string input = std::string(kRecords) + "rubbish\n" + kRecords;
  const InspectResult stop =
      Inspect({"simulate", kConfig, "--key_field=/ticker", "--final"}, input);
  EXPECT_EQ(stop.code, 3);
  EXPECT_EQ(stop.out,
            "KEY  sma20  sma50   ewma20  all  month\n"
            "A      2.5    2.5  3.71429  2.5    2.5\n"
            "B        6      6        6    6      6\n");
  EXPECT_THAT(stop.err, HasSubstr("line 4 is a bad record: not valid JSON"));
  EXPECT_THAT(stop.err, HasSubstr("set on_bad_record: SKIP\n"));
  const InspectResult skip =
      Inspect({"simulate", kConfig, "--key_field=/ticker", "--final",
               "--config_override=on_bad_record: SKIP"},
              input);
  EXPECT_EQ(skip.code, 0);
  EXPECT_THAT(skip.err, HasSubstr("line 4 is a bad record: not valid JSON"));
  EXPECT_THAT(skip.err, HasSubstr("7 lines: 6 applied, 0 late, 1 bad and"));
}

TEST(InspectSimulateTest, WrongUse) {
  const InspectResult none = Inspect({"simulate"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("--config=FILE"));
  const InspectResult field = Inspect({"simulate", kConfig, "--key_field=x"});
  EXPECT_EQ(field.code, 2);
  EXPECT_THAT(field.err, HasSubstr("--key_field=x"));
  const InspectResult escape =
      Inspect({"simulate", kConfig, "--key_separator=\\q"});
  EXPECT_EQ(escape.code, 2);
  EXPECT_THAT(escape.err, HasSubstr("--key_separator=\"\\q\""));
}

// A directory cannot be read.
TEST(InspectSimulateTest, AnInputThatCannotBeReadIsNoEnd) {
  const std::string prefix = ::testing::TempDir() + "/unreadable";
  ProcessOptions options;
  options.stdin_path = ::testing::TempDir();
  options.stdout_path = prefix + ".out";
  options.stderr_path = prefix + ".err";
  auto process = Process::Start({kInspector, "simulate", kConfig}, options);
  ASSERT_THAT(process, IsOk());
  const auto exit = process->Wait(absl::Now() + absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 1);
  EXPECT_THAT(ContentsOf(options.stderr_path),
              HasSubstr("standard input, after line 0: Is a directory"));
}

TEST(InspectSimulateTest, AnswersEachLineBeforeTheNext) {
  const std::string prefix = ::testing::TempDir() + "/simulate";
  ProcessOptions options;
  options.stdin_path = prefix + ".fifo";
  options.stdout_path = prefix + ".out";
  options.stderr_path = prefix + ".err";
  ASSERT_EQ(mkfifo(options.stdin_path.c_str(), 0600), 0);
  const int fifo = open(options.stdin_path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(fifo, 0);
  auto process = Process::Start({"tools/inspect/exactmean-inspect", "simulate",
                                 kConfig, "--key_field=/ticker"},
                                options);
  ASSERT_THAT(process, IsOk());
  const std::string line =
      "{\"ticker\":\"IBM\",\"date\":\"2000-03-01\",\"adj_close\":4}\n";
  ASSERT_EQ(write(fifo, line.data(), line.size()),
            static_cast<ssize_t>(line.size()));
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!absl::StrContains(ContentsOf(options.stdout_path), "IBM") &&
         absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_THAT(ContentsOf(options.stdout_path), HasSubstr("     1  IBM"));
  close(fifo);
  const auto exit = process->Wait(deadline);
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0);
}

}  // namespace
}  // namespace exactmean
