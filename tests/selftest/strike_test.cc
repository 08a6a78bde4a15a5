// A strike meets the call it is meant for, and its text can be read back.

#include "tests/selftest/strike.h"

#include <signal.h>

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::KilledBySignal;

TEST(StrikeTest, ItsTextIsReadBack) {
  for (const char* text :
       {"KILL before Transaction::Commit #1", "STOP after InputLog::Range #12",
        "KILL after ResultsLog::Read #3"}) {
    const auto strike = ParseStrike(text);
    ASSERT_THAT(strike, IsOk());
    EXPECT_EQ(strike->ToString(), text);
  }
  for (const char* text :
       {"", "KILL", "KILL before Commit #1",
        "HIT before Transaction::Commit #1", "KILL at Transaction::Commit #1",
        "KILL before Transaction::Commit #0",
        "KILL before Transaction::Commit 1",
        "KILL before Transaction::Commit #1 "}) {
    EXPECT_THAT(ParseStrike(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("is not like")));
  }
}

class StruckTest : public ::testing::Test {
 protected:
  StruckTest() {
    cluster_.CreateTopic("in", 1);
    cluster_.CreateTopic("out", 1);
  }

  // Opens and begins transactions under a strike; how many it came to.
  int Begin(const std::string& strike, int times) {
    const auto make = [this](const KafkaOptions&) {
      WorkerLogs logs;
      logs.input = std::make_unique<FakeInputLog>(&cluster_, &plan_,
                                                  FakeInputLog::Options());
      logs.results = std::make_unique<FakeResultsLog>(
          &cluster_, &plan_, FakeResultsLog::Options());
      logs.transaction = std::make_unique<FakeTransaction>(
          &cluster_, &plan_, FakeTransaction::Options());
      return absl::StatusOr<WorkerLogs>(std::move(logs));
    };
    const auto logs = WithStrike(make, *ParseStrike(strike))(KafkaOptions());
    Transaction& transaction = *logs->transaction;
    EXPECT_THAT(transaction.Open(absl::Seconds(1)), IsOk());
    int begun = 0;
    for (; begun < times; ++begun) {
      EXPECT_THAT(transaction.Begin(), IsOk());
      EXPECT_THAT(transaction.Abort(), IsOk());
    }
    return begun;
  }

  FakeCluster cluster_;
  FaultPlan plan_;
};

TEST_F(StruckTest, AtItsCallAndNotBefore) {
  EXPECT_EQ(Begin("KILL before Transaction::Begin #3", 2), 2);
  EXPECT_EXIT(Begin("KILL before Transaction::Begin #3", 3),
              KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(Begin("KILL after Transaction::Begin #1", 1),
              KilledBySignal(SIGKILL), "");
  EXPECT_EQ(Begin("KILL after Transaction::Commit #1", 3), 3);
}

}  // namespace
}  // namespace exactmean
