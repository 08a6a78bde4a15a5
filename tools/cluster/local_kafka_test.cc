// A real broker, started, paused, killed, stopped and brought back.

#include "tools/cluster/local_kafka.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>  // NOLINT(build/c++17)
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"
#include "tools/cluster/kafka_install.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Runs one of Kafka's tools and returns what it printed.
std::string Topics(const LocalKafka& kafka,
                   const std::vector<std::string>& arguments) {
  auto install = FindKafka();
  EXPECT_THAT(install, IsOk());
  ProcessOptions options;
  options.stdout_path = kafka.data_dir() + "/topics.out";
  options.stderr_path = kafka.data_dir() + "/topics.err";
  fs::remove(options.stdout_path);
  std::vector<std::string> command = {
      install->java,        "-XX:TieredStopAtLevel=1",
      "-XX:-UsePerfData",   "-cp",
      kafka.classpath(),    "org.apache.kafka.tools.TopicCommand",
      "--bootstrap-server", kafka.bootstrap_servers()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto tool = Process::Start(command, options);
  EXPECT_THAT(tool, IsOk());
  auto exit = tool->Wait(absl::Now() + absl::Seconds(60));
  EXPECT_TRUE(exit.ok() && exit->ok()) << ContentsOf(options.stderr_path);
  return ContentsOf(options.stdout_path);
}

// The processes whose command line names `path`, this one aside.
std::set<int> ProcessesOn(const std::string& path) {
  std::set<int> pids;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (absl::StrContains(ContentsOf(entry.path() / "cmdline"), path)) {
      pids.insert(std::stoi(name));
    }
  }
  pids.erase(getpid());
  return pids;
}

TEST(LocalKafkaTest, AFullDiskEndsABrokerAndARestartMendsIt) {
  auto started = LocalKafka::Start();
  ASSERT_THAT(started, IsOk());
  LocalKafka& kafka = **started;
  Topics(kafka, {"--create", "--topic", "before"});
  // It writes by itself: the metadata log.
  ASSERT_THAT(kafka.FillDisk(0), IsOk());
  EXPECT_FALSE(kafka.Running(0));
  EXPECT_THAT(kafka.FillDisk(0),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(kafka.Restart(0), IsOk());
  EXPECT_THAT(Topics(kafka, {"--list"}), HasSubstr("before"));
}

TEST(LocalKafkaTest, AdvertisedPortsAreOneForEachBroker) {
  LocalKafkaOptions options;
  options.brokers = 3;
  options.advertised_ports = {1, 2};
  EXPECT_THAT(LocalKafka::Start(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("2 advertised ports for 3 brokers")));
}

TEST(LocalKafkaTest, KeepsItsDataThroughKillAndStop) {
  auto started = LocalKafka::Start();
  ASSERT_THAT(started, IsOk());
  LocalKafka& kafka = **started;
  const std::string address = kafka.bootstrap_servers();
  EXPECT_EQ(kafka.broker_address(0), address);
  EXPECT_EQ(ProcessesOn(kafka.data_dir()).size(), 1u);
  Topics(kafka, {"--create", "--topic", "before-kill"});

  ASSERT_THAT(kafka.Kill(0), IsOk());
  EXPECT_FALSE(kafka.Running(0));
  EXPECT_THAT(ProcessesOn(kafka.data_dir()), IsEmpty());
  EXPECT_THAT(kafka.Pause(0), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(kafka.Restart(0), IsOk());
  EXPECT_EQ(kafka.bootstrap_servers(), address);
  EXPECT_THAT(kafka.Restart(0),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Topics(kafka, {"--list"}), HasSubstr("before-kill"));

  ASSERT_THAT(kafka.Stop(0), IsOk());
  EXPECT_FALSE(kafka.Running(0));
  ASSERT_THAT(kafka.RestartAll(), IsOk());
  EXPECT_THAT(Topics(kafka, {"--list"}), HasSubstr("before-kill"));

  const std::string dir = kafka.data_dir();
  started->reset();
  EXPECT_THAT(ProcessesOn(dir), IsEmpty());
  EXPECT_FALSE(fs::exists(dir)) << dir;
}

TEST(LocalKafkaTest, PauseStopsAnswersAndResumeBringsThemBack) {
  auto started = LocalKafka::Start();
  ASSERT_THAT(started, IsOk());
  LocalKafka& kafka = **started;
  ASSERT_THAT(kafka.Pause(0), IsOk());
  const int pid = *ProcessesOn(kafka.data_dir()).begin();
  const std::string status = absl::StrCat("/proc/", pid, "/status");
  for (const absl::Time deadline = absl::Now() + absl::Seconds(10);
       !absl::StrContains(ContentsOf(status), "State:\tT");) {
    ASSERT_LT(absl::Now(), deadline) << ContentsOf(status);
  }
  EXPECT_TRUE(kafka.Running(0));
  ASSERT_THAT(kafka.Resume(0), IsOk());
  EXPECT_THAT(Topics(kafka, {"--create", "--topic", "after"}),
              HasSubstr("Created topic after"));
}

TEST(LocalKafkaTest, KeepsAGivenDirectoryForTheNextStart) {
  LocalKafkaOptions options;
  options.data_dir = absl::StrCat(::testing::TempDir(), "/kept.", getpid());
  {
    auto kafka = LocalKafka::Start(options);
    ASSERT_THAT(kafka, IsOk());
    Topics(**kafka, {"--create", "--topic", "kept"});
    EXPECT_EQ((*kafka)->data_dir(), options.data_dir);
  }
  EXPECT_THAT(ProcessesOn(options.data_dir), IsEmpty());
  {
    auto kafka = LocalKafka::Start(options);
    ASSERT_THAT(kafka, IsOk());
    EXPECT_THAT(Topics(**kafka, {"--list"}), HasSubstr("kept"));
  }
  fs::remove_all(options.data_dir);
}

TEST(LocalKafkaTest, ThreeBrokersSurviveOne) {
  LocalKafkaOptions options;
  options.brokers = 3;
  options.properties = {{"num.partitions", "5"}};
  auto started = LocalKafka::Start(options);
  ASSERT_THAT(started, IsOk());
  LocalKafka& kafka = **started;
  Topics(kafka, {"--create", "--topic", "replicated"});
  EXPECT_THAT(Topics(kafka, {"--describe"}),
              HasSubstr("PartitionCount: 5\tReplicationFactor: 3"));
  ASSERT_THAT(kafka.Kill(0), IsOk());
  EXPECT_THAT(Topics(kafka, {"--list"}), HasSubstr("replicated"));
  ASSERT_THAT(kafka.Restart(0), IsOk());
  for (int i = 0; i < 3; ++i) ASSERT_THAT(kafka.Kill(i), IsOk());
  ASSERT_THAT(kafka.RestartAll(), IsOk());
  EXPECT_THAT(Topics(kafka, {"--list"}), HasSubstr("replicated"));
}

TEST(LocalKafkaTest, FailedStartShowsTheLogAndLeavesNoProcess) {
  LocalKafkaOptions options;
  options.data_dir = absl::StrCat(::testing::TempDir(), "/failed.", getpid());
  options.properties = {{"num.io.threads", "-4"}};
  absl::Status status = LocalKafka::Start(options).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr(options.data_dir + "/broker-0/broker.log"));
  EXPECT_THAT(message, HasSubstr("num.io.threads"));
  EXPECT_THAT(ProcessesOn(options.data_dir), IsEmpty());
  fs::remove_all(options.data_dir);
}

TEST(LocalKafkaTest, TakenPortIsNamedInTheError) {
  auto first = LocalKafka::Start();
  ASSERT_THAT(first, IsOk());
  LocalKafkaOptions options;
  options.data_dir = absl::StrCat(::testing::TempDir(), "/taken.", getpid());
  const std::string address = (*first)->broker_address(0);
  options.port = std::stoi(address.substr(address.find(':') + 1));
  absl::Status status = LocalKafka::Start(options).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(std::string(status.message()), HasSubstr(address));
  fs::remove_all(options.data_dir);
}

TEST(LocalKafkaTest, DeadlineOfTheStartIsKept) {
  LocalKafkaOptions options;
  options.data_dir = absl::StrCat(::testing::TempDir(), "/late.", getpid());
  options.start_deadline = absl::Milliseconds(100);
  absl::Status status = LocalKafka::Start(options).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(ProcessesOn(options.data_dir), IsEmpty());
  fs::remove_all(options.data_dir);
}

TEST(LocalKafkaTest, RefusesImpossibleOptions) {
  LocalKafkaOptions none;
  none.brokers = 0;
  EXPECT_THAT(LocalKafka::Start(none),
              StatusIs(absl::StatusCode::kInvalidArgument));
  LocalKafkaOptions high;
  high.port = 65535;
  EXPECT_THAT(LocalKafka::Start(high),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace exactmean
