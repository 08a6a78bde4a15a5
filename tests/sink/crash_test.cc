// The shipped exactmean-sink is killed at random moments, thirty times, while a
// processor writes results, and the database's server a few times with it. At
// the end the table is the topic.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sink/sink_run.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr int kKills = 30;

class SinkCrashTest : public ::testing::TestWithParam<DatabaseKind> {};

INSTANTIATE_TEST_SUITE_P(Each, SinkCrashTest,
                         ::testing::Values(DatabaseKind::kSqlite,
                                           DatabaseKind::kPostgres),
                         [](const auto& one) { return Name(one.param); });

// EXACTMEAN_SEED runs the same once more.
uint64_t Seed() {
  const char* const given = std::getenv("EXACTMEAN_SEED");
  const uint64_t seed = given == nullptr ? std::random_device()()
                                         : std::strtoull(given, nullptr, 10);
  std::cout << "EXACTMEAN_SEED=" << seed << std::endl;
  return seed;
}

TEST_P(SinkCrashTest, TheTableIsTheTopic) {
  std::mt19937_64 random(Seed());
  BrokerPipeline pipeline("crash-" + Name(GetParam()), 3);
  const auto database = MakeTestDatabase(GetParam());
  ASSERT_THAT(pipeline.Produce(500), IsOk());
  const auto processor = pipeline.Start("a");
  ASSERT_THAT(processor, IsOk());
  ASSERT_THAT((*processor)->AwaitLog("starts at offset"), IsOk());
  int64_t ahead = 0;
  int advances = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    // Many transactions, of a few keys each: there is much to interrupt.
    const auto sink =
        StartSink(pipeline, *database, {"--batch_keys=5", "--batch_time=1ms"});
    ASSERT_THAT(sink, IsOk());
    // Some die while they start, most at work.
    if (kill % 5 != 0) {
      ASSERT_THAT((*sink)->AwaitLog("stored positions"), IsOk());
    }
    const bool server = GetParam() == DatabaseKind::kPostgres && kill % 6 == 5;
    const absl::Time end = absl::Now() + absl::Milliseconds(random() % 300);
    do {
      ASSERT_THAT(pipeline.Produce(20), IsOk());
    } while (absl::Now() < end);
    if (server) {
      // It is at work again before it is killed itself.
      ASSERT_THAT(SharedPostgres().Kill(), IsOk());
      ASSERT_THAT(pipeline.Produce(50), IsOk());
      ASSERT_THAT((*sink)->AwaitLog("tried again in"), IsOk());
      ASSERT_THAT(SharedPostgres().Restart(), IsOk());
      ASSERT_THAT((*sink)->AwaitLog("goes on after"), IsOk());
    }
    ASSERT_THAT((*sink)->Kill(), IsOk());
    if (kill == 0) continue;
    int64_t sum = 0;
    for (const auto& [partition, next] : database->Positions()) sum += next;
    EXPECT_GE(sum, ahead);
    advances += sum > ahead ? 1 : 0;
    ahead = sum;
  }
  // Else it was killed for nothing.
  EXPECT_GE(advances, kKills / 2);
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const auto exit = (*processor)->Terminate();
  ASSERT_THAT(exit, IsOk());
  const SinkResult last = RunSink(pipeline, *database, {"--once"});
  EXPECT_EQ(last.code, 0) << last.log;
  EXPECT_EQ(database->Positions(), ResultsEnds(pipeline));
  EXPECT_EQ(database->Rows(), ExpectedRows(pipeline));
}

}  // namespace
}  // namespace exactmean
