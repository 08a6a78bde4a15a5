// The self-test on a real Kafka: it passes, leaves nothing behind, and says
// what is wrong when it cannot be carried out.

#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/testing/test_client.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"
#include "tools/cluster/local_kafka.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

std::string OutputPath() {
  return absl::StrCat(
      ::testing::TempDir(), "/",
      ::testing::UnitTest::GetInstance()->current_test_info()->name(), ".log");
}

std::string Output() { return ContentsOf(OutputPath()); }

absl::StatusOr<Process> Start(const std::vector<std::string>& flags) {
  std::vector<std::string> argv = {"tests/selftest/selftest"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  ProcessOptions options;
  options.stdout_path = options.stderr_path = OutputPath();
  return Process::Start(argv, options);
}

// Its exit code.
int RunSelftest(const std::vector<std::string>& flags) {
  auto process = Start(flags);
  EXPECT_THAT(process, IsOk());
  const auto exit = process->Wait(absl::Now() + absl::Minutes(8));
  EXPECT_THAT(exit, IsOk());
  return exit->ShellCode();
}

// The topics named in the output are gone: a broker may show one for a moment
// longer than the controller has it.
void ExpectNothingLeft(const LocalKafka& kafka) {
  const std::string output = Output();
  const size_t begin = output.find("exactmean-selftest-");
  ASSERT_NE(begin, std::string::npos) << output;
  const std::string name =
      output.substr(begin, output.find_first_of("*", begin) - begin);
  const auto client = TestClient::Create(kafka.bootstrap_servers());
  ASSERT_THAT(client, IsOk());
  for (const std::string topic : {"in", "out"}) {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    absl::Status seen;
    do {
      seen = (*client)->admin().PartitionCount(name + topic).status();
    } while (seen.ok() && absl::Now() < deadline);
    EXPECT_THAT(seen, StatusIs(absl::StatusCode::kNotFound)) << topic;
  }
}

TEST(SelftestTest, ProvesItOnARealKafkaAndLeavesNothing) {
  const auto kafka = LocalKafka::Start();
  ASSERT_THAT(kafka, IsOk());
  EXPECT_EQ(RunSelftest({absl::StrCat("--bootstrap_servers=",
                                      (*kafka)->bootstrap_servers()),
                         "--seed=7", "--partitions=2"}),
            0)
      << Output();
  EXPECT_THAT(Output(), HasSubstr("PROVEN: 0 lost, 0 duplicated, 0 torn"));
  EXPECT_THAT(Output(), HasSubstr("10 times at a step of a transaction"));
  ExpectNothingLeft(**kafka);
}

TEST(SelftestTest, CtrlCEndsItAndLeavesNothing) {
  const auto kafka = LocalKafka::Start();
  ASSERT_THAT(kafka, IsOk());
  auto process = Start(
      {absl::StrCat("--bootstrap_servers=", (*kafka)->bootstrap_servers())});
  ASSERT_THAT(process, IsOk());
  const absl::Time deadline = absl::Now() + absl::Minutes(2);
  while (!absl::StrContains(Output(), "3 of 22")) {
    ASSERT_LT(absl::Now(), deadline) << Output();
    absl::SleepFor(absl::Milliseconds(20));
  }
  ASSERT_THAT(process->Signal(SIGINT), IsOk());
  const auto exit = process->Wait(absl::Now() + absl::Minutes(2));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 130) << Output();
  ExpectNothingLeft(**kafka);
}

TEST(SelftestTest, WrongUseIsNamed) {
  EXPECT_EQ(RunSelftest({}), 2);
  EXPECT_THAT(Output(), HasSubstr("which cluster?"));
  EXPECT_EQ(RunSelftest({"--bootstrap_servers=127.0.0.1:1", "--partitions=0"}),
            2);
  EXPECT_EQ(RunSelftest({"--config=/nowhere"}), 2);
  EXPECT_THAT(Output(), HasSubstr("/nowhere"));
}

}  // namespace
}  // namespace exactmean
