// The shipped binary while it cannot start yet: it says what it waits for, and
// a signal ends it at once, in order.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/status_matchers.h"
#include "tools/cluster/free_ports.h"

namespace exactmean {
namespace {

constexpr absl::Duration kSoon = absl::Seconds(10);

// A broker of which no transaction can be had: their log wants more of them.
LocalKafkaOptions WithoutTransactions() {
  LocalKafkaOptions options;
  options.properties = {{"transaction.state.log.replication.factor", "3"},
                        {"transaction.state.log.min.isr", "2"}};
  return options;
}

class StartTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { SharedKafka(WithoutTransactions()); }

  static void ExpectStopsInOrder(RunningInstance* instance) {
    const absl::Time start = absl::Now();
    const auto exit = instance->Terminate();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 0) << instance->Log();
    EXPECT_LT(absl::Now() - start, kSoon) << instance->Log();
  }
};

TEST_F(StartTest, ASignalWhileNoBrokerIsThere) {
  BrokerPipeline pipeline("nobroker", 1);
  const auto ports = FreePorts(1);
  ASSERT_THAT(ports, IsOk());
  const auto instance = pipeline.Start(
      "a", {absl::StrCat("--bootstrap_servers=127.0.0.1:", ports->front())});
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("Connection refused"), IsOk());
  ExpectStopsInOrder(instance->get());
}

TEST_F(StartTest, APartThatWasNotBegunIsNotDone) {
  BrokerPipeline pipeline("notbegun", 1);
  const auto ports = FreePorts(1);
  ASSERT_THAT(ports, IsOk());
  const auto instance = pipeline.Start(
      "a", {absl::StrCat("--bootstrap_servers=127.0.0.1:", ports->front()),
            "--to=0:6", "--application_id=notbegun-replay",
            "--results_topic=notbegun-replay"});
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("Connection refused"), IsOk());
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 7) << (*instance)->Log();
}

TEST_F(StartTest, ASignalWhileTheProducerCannotBeOpened) {
  BrokerPipeline pipeline("noproducer", 1);
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  // Said after moments, not after as long as a broker may be out of reach.
  ASSERT_THAT((*instance)->AwaitLog("waiting: transactional id noproducer/",
                                    absl::Seconds(20)),
              IsOk());
  ExpectStopsInOrder(instance->get());
}

TEST_F(StartTest, AProducerThatCannotBeOpenedIsGivenUpInTime) {
  BrokerPipeline pipeline("giveup", 1);
  pipeline.extra_config = R"(kafka { unreachable_deadline: "5s" })";
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  const auto exit = (*instance)->AwaitExit(absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 6) << (*instance)->Log();
}

}  // namespace
}  // namespace exactmean
