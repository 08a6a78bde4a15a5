// status on a real broker.

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Into a results topic, as a foreign program would.
absl::Status Overwrite(BrokerPipeline* pipeline, const std::string& key,
                       const std::string& value) {
  const auto writer = Writer::Create(SharedBroker());
  if (!writer.ok()) return writer.status();
  Record record;
  record.key = key;
  record.value = value;
  return (*writer)->Write(pipeline->results(), {record});
}

TEST(InspectStatusTest, WhileProcessorsRun) {
  BrokerPipeline pipeline("status-run", 2);
  ASSERT_THAT(pipeline.Produce(300), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult text = Inspect(pipeline, {"status"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, StartsWith("all well: 2 partitions, "));
  EXPECT_THAT(text.out,
              AllOf(HasSubstr("lag 0"), HasSubstr("verified"),
                    HasSubstr("agrees"), HasSubstr("a-0 on /127.0.0.1: ")));
  // Commits every 20 ms all the while.
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(pipeline.Produce(200), IsOk());
    const InspectResult json = Inspect(pipeline, {"status", "--output=json"});
    EXPECT_EQ(json.code, 0) << json.err;
    EXPECT_THAT(json.out, AllOf(HasSubstr("\"digest_verified\":true"),
                                Not(HasSubstr("\"DIFFERS\"")),
                                HasSubstr("\"owner\":\"a-0\"")));
  }
}

TEST(InspectStatusTest, WithoutProcessorsAndWithoutAConfiguration) {
  BrokerPipeline pipeline("status-dead", 1);
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }
  ASSERT_THAT(pipeline.Produce(3), IsOk());
  const InspectResult json =
      Inspect({"status", "--bootstrap_servers=" + SharedBroker(),
               "--results_topic=" + pipeline.results(), "--output=json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_THAT(json.out,
              AllOf(HasSubstr("\"group\":\"agrees\""), HasSubstr("\"lag\":3"),
                    HasSubstr("\"lag_is_bound\":false")));
}

// As a health check asks, before, while and after a processor runs.
TEST(InspectStatusTest, AMostLagDecidesTheExitCode) {
  BrokerPipeline pipeline("status-lag", 1);
  pipeline.extra_config = "group { membership: DYNAMIC }";  // leaves at once
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  const InspectResult before = Inspect(pipeline, {"status", "--max_lag=10"});
  EXPECT_EQ(before.code, 11) << before.out << before.err;
  EXPECT_THAT(before.out, HasSubstr("its lag, <=50, is above --max_lag=10"));
  {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
    const InspectResult well = Inspect(pipeline, {"status", "--max_lag=0"});
    EXPECT_EQ(well.code, 0) << well.out << well.err;
    EXPECT_EQ(well.err, "");
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }
  ASSERT_THAT(pipeline.Produce(3), IsOk());
  const InspectResult lags = Inspect(pipeline, {"status", "--max_lag=2"});
  EXPECT_EQ(lags.code, 11);
  EXPECT_THAT(lags.out, HasSubstr("its lag, 3, is above --max_lag=2"));
  // Little enough, but nobody works on it.
  const InspectResult alone = Inspect(pipeline, {"status", "--max_lag=3"});
  EXPECT_EQ(alone.code, 11);
  EXPECT_THAT(alone.err, HasSubstr("not well: no processor runs"));
}

TEST(InspectStatusTest, NothingThereYetAndNoSuchTopic) {
  BrokerPipeline pipeline("status-none", 1);
  const InspectResult none = Inspect(pipeline, {"status"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_THAT(none.out,
              AllOf(HasSubstr("no state yet"), HasSubstr("no processor runs")));
  const InspectResult wrong =
      Inspect(pipeline, {"status", "--results_topic=status-no-such"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("status-no-such"));
  const InspectResult partition =
      Inspect(pipeline, {"status", "--partition=1"});
  EXPECT_EQ(partition.code, 2);
  EXPECT_THAT(partition.err, HasSubstr("no partition 1"));
}

TEST(InspectStatusTest, AGroupThatWasResetIsNamedWithTheWayBack) {
  BrokerPipeline pipeline("status-reset", 1);
  ASSERT_THAT(pipeline.Produce(50), IsOk());
  {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
    // Its place is kept for a while: until then the group is not to be reset.
    ASSERT_THAT((*instance)->Kill(), IsOk());
  }
  ASSERT_THAT(Eventually([&] {
                return pipeline.client().CommitOffset(pipeline.application(),
                                                      pipeline.input(),
                                                      Partition(0), Offset(7));
              }),
              IsOk());
  const InspectResult reset = Inspect(pipeline, {"status"});
  EXPECT_EQ(reset.code, 4);
  EXPECT_THAT(
      reset.out,
      AllOf(StartsWith("NOT WELL"), HasSubstr("the group's offset is 7"),
            HasSubstr("--reset-offsets --to-offset 50 --execute")));
}

TEST(InspectStatusTest, WhatSomebodyElseWrote) {
  BrokerPipeline pipeline("status-foreign", 1);
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "1"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  ASSERT_THAT((*instance)->Terminate(), IsOk());
  ASSERT_THAT(
      Overwrite(&pipeline, std::string(kCheckpointKey), "no checkpoint"),
      IsOk());
  const InspectResult corrupt = Inspect(pipeline, {"status"});
  EXPECT_EQ(corrupt.code, 4);
  EXPECT_THAT(corrupt.out,
              AllOf(HasSubstr("is no checkpoint"), HasSubstr("CORRUPT")));
}

TEST(InspectStatusTest, OpenTransactionsAreNamedAndNotWaitedFor) {
  BrokerPipeline pipeline("status-open", 1);
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "1"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const auto writer = Writer::Create(SharedBroker(), "status-hanging");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  Record old;
  old.key = "key";
  old.value = "1";
  old.timestamp_ms = absl::ToUnixMillis(absl::Now() - absl::Minutes(10));
  ASSERT_THAT((*writer)->Write(pipeline.results(), {old}), IsOk());
  // The owner commits behind it, and is not blamed for that.
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "2"), IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.input(), {old}), IsOk());
  const absl::Time start = absl::Now();
  const InspectResult open = Inspect(pipeline, {"status", "--patience=30s"});
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_EQ(open.code, 0) << open.err << open.out;
  for (const std::string& topic : {pipeline.input(), pipeline.results()}) {
    EXPECT_THAT(
        open.out,
        AllOf(HasSubstr("a transaction in " + topic + " is open since 10m"),
              HasSubstr("describe-producers --topic " + topic),
              HasSubstr("abort --topic " + topic +
                        " --partition 0 --start-offset "),
              HasSubstr("  " + topic + ", partition 0: from offset ")));
  }
  EXPECT_THAT(open.out,
              AllOf(HasSubstr(", 2 transactions open\n"),
                    HasSubstr("; checkpoints after it are by status-open/")));
  ASSERT_THAT((*writer)->Abort(), IsOk());
}

}  // namespace
}  // namespace exactmean
