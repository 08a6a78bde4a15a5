// SIGKILL, SIGSTOP and rebalances of the shipped binary on a real Kafka, while
// records flow: every committed prefix is a valid step, and nothing is lost or
// counted twice.

#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr int kKills = 25;

// Records arrive while time passes; not a wait for anything.
absl::Status ProduceFor(BrokerPipeline* pipeline, absl::Duration duration) {
  const absl::Time end = absl::Now() + duration;
  while (absl::Now() < end) {
    const absl::Status status = pipeline->Produce(20);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// An instance with something to commit, once that is due.
absl::StatusOr<std::unique_ptr<RunningInstance>> StartWithADirtyKey(
    BrokerPipeline* pipeline, const std::string& id) {
  auto instance = pipeline->Start(id);
  if (!instance.ok()) return instance.status();
  absl::Status status = (*instance)->AwaitLog("starts at offset");
  if (status.ok()) status = pipeline->ProduceOne(Partition(0), "key", "1");
  if (status.ok()) status = (*instance)->AwaitLog("1 key (1 dirty)");
  if (!status.ok()) return status;
  return instance;
}

TEST(CrashTest, KilledAtRandomMoments) {
  BrokerPipeline pipeline("kill", 3);
  ASSERT_THAT(pipeline.Produce(500), IsOk());
  for (int kill = 0; kill < kKills; ++kill) {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    // Some die while they start, some in the middle of their work.
    if (kill % 5 != 0) {
      ASSERT_THAT((*instance)->AwaitLog("starts at offset"), IsOk());
    }
    ASSERT_THAT(
        ProduceFor(&pipeline, absl::Milliseconds(pipeline.random()() % 400)),
        IsOk());
    ASSERT_THAT((*instance)->Kill(), IsOk());
  }
  const auto last = pipeline.Start("a");
  ASSERT_THAT(last, IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*last)->Log();
  const auto exit = (*last)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*last)->Log();
}

TEST(CrashTest, AKilledInstanceIsBackLongBeforeItsSessionEnds) {
  BrokerPipeline pipeline("back", 2);
  pipeline.extra_config = R"(group { session_timeout: "20s" })";
  ASSERT_THAT(pipeline.Produce(200), IsOk());
  auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  ASSERT_THAT((*instance)->Kill(), IsOk());
  ASSERT_THAT(pipeline.ProduceOne(Partition(1), "key", "1"), IsOk());
  const auto end = pipeline.client().EndOffset(pipeline.input(), Partition(1),
                                               Isolation::kCommitted);
  ASSERT_THAT(end, IsOk());
  const absl::Time start = absl::Now();
  instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(Eventually([&]() -> absl::Status {
                const auto committed = pipeline.client().CommittedOffset(
                    pipeline.application(), pipeline.input(), Partition(1));
                if (!committed.ok()) return committed.status();
                if (*committed == *end) return absl::OkStatus();
                return absl::DeadlineExceededError("not yet");
              }),
              IsOk());
  EXPECT_LT(absl::Now() - start, absl::Seconds(10)) << (*instance)->Log();
}

TEST(CrashTest, InstancesComeAndGo) {
  for (const std::string assignor : {"COOPERATIVE_STICKY", "RANGE"}) {
    BrokerPipeline pipeline(absl::StrCat("group-", assignor), 4);
    pipeline.extra_config = absl::StrCat("group { assignor: ", assignor, " }");
    std::vector<std::unique_ptr<RunningInstance>> instances;
    const auto join = [&](const std::string& id) {
      auto started = pipeline.Start(id);
      ASSERT_THAT(started, IsOk());
      instances.push_back(*std::move(started));
      ASSERT_THAT(ProduceFor(&pipeline, absl::Milliseconds(700)), IsOk());
    };
    join("a");
    join("b");
    join("c");
    ASSERT_THAT(instances[2]->AwaitLog("starts at offset"), IsOk());
    // One is killed, one stops in order, one stays and takes it all.
    ASSERT_THAT(instances[0]->Kill(), IsOk());
    ASSERT_THAT(ProduceFor(&pipeline, absl::Milliseconds(500)), IsOk());
    const auto exit = instances[1]->Terminate();
    ASSERT_THAT(exit, IsOk());
    EXPECT_TRUE(exit->ok()) << instances[1]->Log();
    ASSERT_THAT(ProduceFor(&pipeline, absl::Milliseconds(500)), IsOk());
    EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << instances[2]->Log();
  }
}

TEST(CrashTest, AZombieCannotCommit) {
  BrokerPipeline pipeline("zombie", 1);
  // When it wakes up it has something to commit, which is due.
  constexpr absl::Duration kInterval = absl::Seconds(8);
  pipeline.extra_config =
      R"(commit { interval: "8s" transaction_timeout: "10m" })";
  const auto zombie = StartWithADirtyKey(&pipeline, "zombie");
  ASSERT_THAT(zombie, IsOk());
  const absl::Time stopped = absl::Now();
  ASSERT_THAT((*zombie)->process().Signal(SIGSTOP), IsOk());
  pipeline.extra_config.clear();
  ASSERT_THAT(ProduceFor(&pipeline, absl::Milliseconds(300)), IsOk());
  // Past its session, another takes over, and does all there is.
  const auto heir = pipeline.Start("heir");
  ASSERT_THAT(heir, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << (*heir)->Log();
  absl::SleepFor(stopped + kInterval - absl::Now());
  ASSERT_THAT((*zombie)->process().Signal(SIGCONT), IsOk());
  EXPECT_THAT((*zombie)->AwaitLog("lost: partition 0"), IsOk());
  ASSERT_THAT(ProduceFor(&pipeline, absl::Seconds(1)), IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk())
      << (*zombie)->Log() << (*heir)->Log();
}

TEST(CrashTest, TwoWithOneInstanceId) {
  BrokerPipeline pipeline("twins", 2);
  ASSERT_THAT(pipeline.Produce(300), IsOk());
  const auto older = pipeline.Start("same");
  ASSERT_THAT(older, IsOk());
  ASSERT_THAT((*older)->AwaitLog("starts at offset"), IsOk());
  const auto younger = pipeline.Start("same");
  ASSERT_THAT(younger, IsOk());
  ASSERT_THAT(ProduceFor(&pipeline, absl::Milliseconds(500)), IsOk());
  const auto exit = (*older)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->exit_code, 5) << (*older)->Log();
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*younger)->Log();
}

TEST(CrashTest, SignalsAtOnceAreOneWish) {
  BrokerPipeline pipeline("signals", 1);
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("starts at offset"), IsOk());
  // As timeout(1) has it, which signals the process and its group.
  ASSERT_THAT((*instance)->process().Signal(SIGSTOP), IsOk());
  ASSERT_THAT((*instance)->process().Signal(SIGTERM), IsOk());
  ASSERT_THAT((*instance)->process().Signal(SIGINT), IsOk());
  ASSERT_THAT((*instance)->process().Signal(SIGCONT), IsOk());
  const auto exit = (*instance)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0) << (*instance)->Log();
}

TEST(CrashTest, ASecondSignalDoesNotWait) {
  BrokerPipeline pipeline("impatient", 1);
  pipeline.extra_config =
      R"(commit { interval: "1m" transaction_timeout: "10m" })";
  const auto instance = StartWithADirtyKey(&pipeline, "a");
  ASSERT_THAT(instance, IsOk());
  // The last commit waits for an answer.
  const BrokerSilence silence;
  const absl::Time start = absl::Now();
  ASSERT_THAT((*instance)->process().Signal(SIGTERM), IsOk());
  // A second wish is one that comes later than half a second.
  absl::SleepFor(absl::Milliseconds(600));
  ASSERT_THAT((*instance)->process().Signal(SIGINT), IsOk());
  const auto exit = (*instance)->AwaitExit(absl::Seconds(10));
  ASSERT_THAT(exit, IsOk());
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  EXPECT_GE(exit->exit_code, 128) << exit->ToString();
}

// The last commit is waited for, for a while, and what is lost by it is told.
TEST(CrashTest, ALastCommitThatNobodyAnswersIsGivenUp) {
  BrokerPipeline pipeline("endless", 1);
  pipeline.extra_config =
      R"(kafka { unreachable_deadline: "10m" }
         commit { interval: "1m" transaction_timeout: "10m" })";
  const auto instance = StartWithADirtyKey(&pipeline, "a");
  ASSERT_THAT(instance, IsOk());
  {
    const BrokerSilence silence;
    const auto exit = (*instance)->Terminate();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 6) << (*instance)->Log();
    EXPECT_THAT((*instance)->Log(), HasSubstr("the last records are not "
                                              "committed, and will be read"));
  }
  // It is as if it had been killed.
  pipeline.extra_config.clear();
  const auto next = pipeline.Start("a");
  ASSERT_THAT(next, IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*next)->Log();
}

// An idle one notices, too; and one with keys to commit.
TEST(CrashTest, BrokersThatFallSilentAreGivenUpInTime) {
  int runs = 0;
  for (const std::string commit :
       {R"(interval: "20ms")",
        R"(interval: "1m" transaction_timeout: "10m")"}) {
    BrokerPipeline pipeline(absl::StrCat("silent", ++runs), 1);
    pipeline.extra_config = absl::StrCat(
        R"(kafka { unreachable_deadline: "5s" } commit { )", commit, " }");
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT((*instance)->AwaitLog("starts at offset"), IsOk());
    ASSERT_THAT(pipeline.ProduceOne(Partition(0), "key", "1"), IsOk());
    ASSERT_THAT((*instance)->AwaitLog("lag 0, 1 key"), IsOk());
    const BrokerSilence silence;
    const absl::Time start = absl::Now();
    const auto exit = (*instance)->AwaitExit();
    EXPECT_LT(absl::Now() - start, absl::Seconds(25));
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->exit_code, 6) << (*instance)->Log();
    EXPECT_THAT((*instance)->Log(), HasSubstr("unreachable_deadline: 5s"));
  }
}

}  // namespace
}  // namespace exactmean
