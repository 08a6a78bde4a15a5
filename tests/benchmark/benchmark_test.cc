// The benchmark as a user runs it, in the small: every peer to its end, its
// results checked, and nothing left behind.

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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
using ::testing::Not;

class BenchmarkTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) {
    return absl::StrCat(
        ::testing::TempDir(), "/benchmark.", getpid(), ".",
        ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".",
        name);
  }

  // The command beside a broker; what it prints goes to Output().
  absl::StatusOr<Process> Start(const std::vector<std::string>& command) {
    ProcessOptions options;
    options.env = {{"EXACTMEAN_BENCHMARK_PROGRAMS", "."}};
    options.stdout_path = options.stderr_path = Path("out");
    std::vector<std::string> argv = {"tools/cluster/local-kafka", "--"};
    argv.insert(argv.end(), command.begin(), command.end());
    return Process::Start(argv, options);
  }

  absl::StatusOr<Process> StartBenchmark(std::vector<std::string> flags) {
    flags.insert(flags.begin(),
                 {"python3", "-B", "tools/benchmark/benchmark.py", "--rounds=1",
                  "--keys=500", "--streams_heap=512m"});
    return Start(flags);
  }

  std::string Output() { return ContentsOf(Path("out")); }

  int CodeOf(Process& process) {
    const auto exit = process.Wait(absl::Now() + absl::Minutes(12));
    EXPECT_THAT(exit, IsOk()) << Output();
    return exit.ok() ? exit->ShellCode() : -1;
  }
};

// The runs in a file of --json, by what the line "exact" says.
int CountExact(const std::string& json, const std::string& verdict) {
  return static_cast<int>(
      std::vector<std::string>(
          absl::StrSplit(json, absl::StrCat("\"exact\": \"", verdict, "\"")))
          .size() -
      1);
}

TEST_F(BenchmarkTest, MeasuresEveryPeerAndChecksItsResults) {
  auto process =
      StartBenchmark({"--records=20000", "--restore", "--restore_keys=2000",
                      "--start", absl::StrCat("--json=", Path("json")),
                      absl::StrCat("--svg=", Path("svg"))});
  ASSERT_THAT(process, IsOk());
  ASSERT_EQ(CodeOf(*process), 0) << Output();
  const std::string json = ContentsOf(Path("json"));
  const bool streams = !absl::StrContains(Output(), "left out");
  if (!streams) {
    std::cout << "without Kafka Streams, which is not built on this machine: "
                 "tools/setup.sh --benchmark\n";
  }
  // Two of Exactmean and of the bare loop, with a start and a restore each; of
  // Kafka Streams four, all with a start and two with a restore. To consume
  // alone leaves nothing to check.
  EXPECT_EQ(CountExact(json, "yes"), 12 + (streams ? 10 : 0)) << json;
  EXPECT_EQ(CountExact(json, "-"), 1) << json;
  for (const char* name :
       {"exactmean-1", "exactmean-2", "bare-loop", "bare-loop-inline"}) {
    EXPECT_THAT(json, HasSubstr(absl::StrCat("\"peer\": \"", name, "\"")));
  }
  EXPECT_THAT(Output(), HasSubstr("Exactmean, 2 workers"));
  EXPECT_THAT(Output(), HasSubstr("2,000 keys to restore"));
  EXPECT_THAT(Output(), HasSubstr("partitions run, without a state"));
  EXPECT_THAT(ContentsOf(Path("svg")), HasSubstr("</svg>"));
}

TEST_F(BenchmarkTest, MeasuresLatencyBesideEveryPeer) {
  auto process =
      StartBenchmark({"--latency", "--rates=200,2000", "--warm_up=1",
                      "--seconds=1", absl::StrCat("--json=", Path("json"))});
  ASSERT_THAT(process, IsOk());
  ASSERT_EQ(CodeOf(*process), 0) << Output();
  const std::string json = ContentsOf(Path("json"));
  const bool streams = !absl::StrContains(Output(), "left out");
  // At both rates Exactmean with three intervals, the bare loop, Kafka Streams
  // in two forms with two intervals, and the measurement alone.
  EXPECT_EQ(CountExact(json, "yes"), 8 + (streams ? 8 : 0)) << json;
  EXPECT_EQ(CountExact(json, "-"), 2) << json;
  EXPECT_THAT(json, HasSubstr("\"samples\": 2000"));
  EXPECT_THAT(Output(), HasSubstr("2,000 records/s for 1 s"));
}

TEST_F(BenchmarkTest, MeasuresGrowthAndChecksItsResults) {
  auto process = StartBenchmark(
      {"--growth", "--records=6000", absl::StrCat("--json=", Path("json"))});
  ASSERT_THAT(process, IsOk());
  ASSERT_EQ(CodeOf(*process), 0) << Output();
  const std::string json = ContentsOf(Path("json"));
  // Windows by time and ewma have no oracle.
  EXPECT_EQ(CountExact(json, "counts"), 3) << json;
  EXPECT_EQ(CountExact(json, "yes"), 21) << json;
  for (const char* row : {"instances: 2", "commit every: 5 s", "keys: 5,000",
                          "partitions: 64", "25 keys: the last 1000"}) {
    EXPECT_THAT(Output(), HasSubstr(row));
  }
  EXPECT_THAT(Output(), HasSubstr("Memory of keys"));
}

TEST_F(BenchmarkTest, ForeignResultsEndTheMeasurementOfLatency) {
  // They count more records than were sent.
  auto process =
      Start({"sh", "-c",
             "set -e; s=$EXACTMEAN_BOOTSTRAP_SERVERS; b=tests/benchmark;"
             "$b/topics --bootstrap_servers=$s create in wrong;"
             "printf 'sensor-000001\\t0123456789abcdef' |"
             " kcat -P -b $s -t wrong -K '\t';"
             "$b/latency/measure-latency --bootstrap_servers=$s --input=in "
             "--results=wrong --format=binary --records=100 --keys=2"});
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(CodeOf(*process), 1);
  EXPECT_THAT(Output(), HasSubstr("a result counts 3978425819141910832 records"
                                  " of "));
}

TEST_F(BenchmarkTest, AWrongResultFails) {
  auto process = Start(
      {"sh", "-c",
       "set -e; s=$EXACTMEAN_BOOTSTRAP_SERVERS; b=tests/benchmark;"
       "$b/topics --bootstrap_servers=$s --compact create wrong;"
       "printf 'sensor-000001\\t0123456789abcdef' |"
       " kcat -P -b $s -t wrong -K '\t';"
       "$b/check-results --bootstrap_servers=$s --topic=wrong --format=binary "
       "--records=100 --keys=2"});
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(CodeOf(*process), 1);
  EXPECT_THAT(Output(), HasSubstr("WRONG: 2 keys, 1 missing, 1 with too many"));
}

TEST_F(BenchmarkTest, InterruptedItLeavesNothingBehind) {
  auto process = StartBenchmark({"--records=2000000", "--peers=exactmean-1"});
  ASSERT_THAT(process, IsOk());
  const pid_t group = process->pid();
  for (const absl::Time deadline = absl::Now() + absl::Minutes(5);
       !absl::StrContains(Output(), "round 1 of 1");) {
    ASSERT_LT(absl::Now(), deadline) << Output();
    ASSERT_TRUE(process->Running()) << Output();
    absl::SleepFor(absl::Milliseconds(5));
  }
  ASSERT_THAT(process->Signal(SIGTERM), IsOk());
  EXPECT_EQ(CodeOf(*process), 128 + SIGTERM) << Output();
  // All that it started, but the broker, is in its group. The kernel kills what
  // the end of its parent leaves, and init reaps it, a moment later.
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (kill(-group, 0) == 0 && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_EQ(kill(-group, 0), -1) << Output();
  EXPECT_EQ(errno, ESRCH);
  EXPECT_THAT(Output(), Not(HasSubstr("records/s")));
}

}  // namespace
}  // namespace exactmean
