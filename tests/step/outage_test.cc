// The server that a step asks goes and comes: nothing is lost, order is kept,
// and the other partitions go on; also while processes die and others come.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "tests/broker/instance.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tests/step/currency_pipeline.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr Partition kStuck(0);
constexpr Partition kOther(1);

// Of each partition so many, in turn; those in the other need no rate.
std::vector<Record> Prices(int n, const char* currency = "EUR") {
  std::vector<Record> records;
  for (int i = 0; i < n; ++i) {
    const std::string key = absl::StrCat("key", i % 5);
    records.push_back(
        CurrencyPipeline::Price(kStuck, key, i + 1, currency, i % 3));
    records.push_back(CurrencyPipeline::Price(kOther, key, i + 1, "USD"));
  }
  return records;
}

// What the instance with this log serves.
std::string Metrics(const std::string& log) {
  const std::string before = "metrics: port ";
  const size_t at = log.find(before);
  int port = 0;
  if (at == std::string::npos ||
      std::sscanf(log.c_str() + at + before.size(), "%d", &port) != 1) {
    return "no port";
  }
  const auto answer = httplib::Client("127.0.0.1", port).Get("/metrics");
  return answer ? answer->body : "no answer";
}

TEST(OutageTest, TheServerStopsAndStarts) {
  CurrencyPipeline pipeline("outage", 2);
  const auto instance = pipeline->Start("a", {"--metrics_address=127.0.0.1:0"});
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.Write(Prices(100)), IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  for (int outage = 0; outage < 2; ++outage) {
    const Offset at = pipeline.Committed(kStuck);
    const Offset other = pipeline.Committed(kOther);
    pipeline.server().Stop();
    ASSERT_THAT(pipeline.Write(Prices(50)), IsOk());
    ASSERT_THAT(pipeline.AwaitCommitted(kOther, Offset(other.value() + 50)),
                IsOk())
        << (*instance)->Log();
    EXPECT_EQ(pipeline.Committed(kStuck), at);
    // It is told, and still so after a while.
    const auto for_long = ContainsRegex(absl::StrCat(
        "partition 0 is stuck at offset ", at.value(), " for [1-9][0-9.]*s"));
    ASSERT_THAT(Eventually([&] {
                  return testing::Matches(for_long)((*instance)->Log())
                             ? absl::OkStatus()
                             : absl::NotFoundError((*instance)->Log());
                }),
                IsOk());
    ASSERT_THAT((*instance)->AwaitLog("1 partition stuck"), IsOk());
    const auto told =
        AllOf(ContainsRegex("exactmean_stuck_tries[{]partition=\"0\"[}] [1-9]"),
              HasSubstr("exactmean_stuck_tries{partition=\"1\"} 0\n"),
              ContainsRegex("exactmean_lag[{]partition=\"0\"[}] [1-9]"));
    EXPECT_THAT(Eventually([&] {
                  const std::string metrics = Metrics((*instance)->Log());
                  return testing::Matches(told)(metrics)
                             ? absl::OkStatus()
                             : absl::NotFoundError(metrics);
                }),
                IsOk());
    ASSERT_THAT(pipeline.Write(Prices(50)), IsOk());
    ASSERT_THAT(pipeline.AwaitCommitted(kOther, Offset(other.value() + 100)),
                IsOk());
    EXPECT_EQ(pipeline.Committed(kStuck), at);
    pipeline.server().Start();
    ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  }
  EXPECT_THAT((*instance)->AwaitLog("partition 0 goes on, after"), IsOk());
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0) << (*instance)->Log();
}

// Stopped and started at random moments, while the process is killed at others.
TEST(OutageTest, KillsAndOutagesAtRandom) {
  CurrencyPipeline pipeline("kills", 2);
  std::unique_ptr<RunningInstance> instance;
  for (int round = 0; round < 8; ++round) {
    auto started = pipeline->Start("a");
    ASSERT_THAT(started, IsOk());
    instance = *std::move(started);
    ASSERT_THAT(instance->AwaitLog("starts at offset"), IsOk());
    for (int i = 0; i < 6; ++i) {
      if (pipeline->random()() % 2 == 0) {
        pipeline.server().Stop();
      } else {
        pipeline.server().Start();
      }
      ASSERT_THAT(pipeline.Write(Prices(10)), IsOk());
    }
    if (round == 7) break;
    ASSERT_THAT(instance->Kill(), IsOk());
  }
  pipeline.server().Start();
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << instance->Log();
  const InspectResult verified =
      Inspect(*pipeline, {"verify"}, kCurrencyInspector);
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

TEST(OutageTest, KilledWhileStuckItIsStuckAgainAndThenGoesOn) {
  CurrencyPipeline pipeline("killed", 2);
  pipeline.server().Stop();
  std::vector<Record> records = Prices(10, "USD");
  const std::vector<Record> hard = Prices(10);
  records.insert(records.end(), hard.begin(), hard.end());
  ASSERT_THAT(pipeline.Write(records), IsOk());
  for (int i = 0; i < 3; ++i) {
    const auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT((*instance)->AwaitLog("partition 0 is stuck at offset 10"),
                IsOk());
    ASSERT_THAT(pipeline.AwaitCommitted(kOther, Offset(20)), IsOk());
    ASSERT_THAT(pipeline.AwaitCommitted(kStuck, Offset(10)), IsOk());
    ASSERT_THAT(pipeline->CheckHistory(), IsOk());
    ASSERT_THAT((*instance)->Kill(), IsOk());
  }
  pipeline.server().Start();
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  EXPECT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
}

// A second instance comes while the partition is stuck, and takes one of them;
// then the first goes.
TEST(OutageTest, ARebalanceWhileStuck) {
  for (const char* assignor : {"RANGE", "COOPERATIVE_STICKY"}) {
    CurrencyPipeline pipeline(absl::StrCat("moved-", assignor), 2);
    absl::StrAppend(&pipeline->extra_config, " group { assignor: ", assignor,
                    " membership: DYNAMIC }");
    pipeline.server().Stop();
    ASSERT_THAT(pipeline.Write(Prices(20)), IsOk());
    const auto one = pipeline->Start("a");
    ASSERT_THAT(one, IsOk());
    ASSERT_THAT((*one)->AwaitLog("partition 0 is stuck at offset 0"), IsOk());
    const auto two = pipeline->Start("b");
    ASSERT_THAT(two, IsOk());
    ASSERT_THAT((*two)->AwaitLog("starts at offset"), IsOk());
    ASSERT_THAT(pipeline.Write(Prices(20)), IsOk());
    ASSERT_THAT(pipeline.AwaitCommitted(kOther, Offset(40)), IsOk());
    const auto exit = (*one)->Terminate();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 0) << (*one)->Log();
    ASSERT_THAT((*two)->AwaitLog("partition 0 is stuck at offset 0"), IsOk());
    pipeline.server().Start();
    EXPECT_THAT(pipeline->AwaitDrained(), IsOk()) << (*two)->Log();
  }
}

// Slow answers, each within its time-out: a batch takes longer than a session
// may be silent, and the member stays in the group.
TEST(OutageTest, ASlowServerCostsNoMembership) {
  CurrencyPipeline pipeline("slow", 2);
  pipeline.server().set_delay_ms(100);
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.Write(Prices(80)), IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  EXPECT_THAT((*instance)->Log(), testing::Not(HasSubstr("lost: partition")));
  // Each once: what a turn has no time for is fetched again, not asked again.
  EXPECT_EQ(pipeline.server().requests(), 80);
}

TEST(OutageTest, TheInspectorNeedsTheStepForWhatItFolds) {
  CurrencyPipeline pipeline("inspected", 2);
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.Write(Prices(10)), IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  for (const char* command : {"list", "status", "audit", "doctor"}) {
    const InspectResult result = Inspect(*pipeline, {command});
    EXPECT_EQ(result.code, 0) << command << result.out << result.err;
  }
  ASSERT_THAT((*instance)->Terminate(), IsOk());
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"verify"},
           {"explain", "key1"},
           {"rewind", "--to_earliest"},
           {"get", "key1", "--at_offset=3", "--partition=0"},
           {"diff", "--from_offset=2", "--partition=0"}}) {
    const InspectResult without = Inspect(*pipeline, words);
    if (words[0] != "get") {
      EXPECT_EQ(without.code, 9) << words[0] << without.err;
      EXPECT_THAT(without.err,
                  AllOf(HasSubstr("the step \"currency\""),
                        HasSubstr("all else works with this one")));
    }
    // A static member keeps its place for a while, and rewind minds it.
    EXPECT_THAT(Eventually([&]() -> absl::Status {
                  const InspectResult with =
                      Inspect(*pipeline, words, kCurrencyInspector);
                  if (with.code == 0) return absl::OkStatus();
                  return absl::InternalError(with.out + with.err);
                }),
                IsOk())
        << words[0];
  }
  EXPECT_THAT(Inspect(*pipeline, {"audit"}).err,
              HasSubstr("the pipeline has the step currency \"to\"=\"USD\""));
  EXPECT_THAT(Inspect(*pipeline, {"verify"}, kCurrencyInspector).err,
              HasSubstr("folded anew through it"));
  // A replay that gets no answers says so, and does not call it a difference.
  pipeline.server().Stop();
  const InspectResult silent =
      Inspect(*pipeline, {"verify", "--patience=1s"}, kCurrencyInspector);
  EXPECT_EQ(silent.code, 6) << silent.out << silent.err;
  EXPECT_THAT(silent.err, HasSubstr("the pipeline's step cannot tell of the "
                                    "record in partition 0, offset 0"));
}

}  // namespace
}  // namespace exactmean
