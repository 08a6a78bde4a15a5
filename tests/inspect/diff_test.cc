// diff on a real broker: between offsets, times, topics and configurations.

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Partition kFirst(0);

void Write(BrokerPipeline* pipeline, const std::string& key,
           const std::string& value) {
  auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  Record record;
  record.partition = kFirst;
  record.key = key;
  record.value = value;
  ASSERT_THAT((*writer)->Write(pipeline->results(), {record}), IsOk());
}

// Each value is a commit.
void Commit(BrokerPipeline* pipeline, const std::string& key,
            const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    ASSERT_THAT(pipeline->ProduceOne(kFirst, key, value), IsOk());
    ASSERT_THAT(pipeline->AwaitDrained(), IsOk());
  }
}

TEST(InspectDiffTest, OffsetsAndTimesWhileAProcessorRuns) {
  BrokerPipeline pipeline("inspect-diff", 2);
  const InspectResult none = Inspect(pipeline, {"diff", "--from_offset=0"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_THAT(none.out, HasSubstr("no state"));
  EXPECT_THAT(none.err, HasSubstr("no state yet"));

  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  Commit(&pipeline, "IBM", {"10", "20", "30"});
  Commit(&pipeline, "new", {"1"});
  const InspectResult offsets = Inspect(
      pipeline,
      {"diff", "--partition=0", "--from_offset=1", "--to_offset=2", "--top=1"});
  EXPECT_EQ(offsets.code, 0) << offsets.err;
  EXPECT_THAT(offsets.out,
              AllOf(HasSubstr("before input offset 1\n"), HasSubstr("exact"),
                    HasSubstr("+50 %"), HasSubstr("1 key changed, 0 only")));
  const InspectResult now =
      Inspect(pipeline, {"diff", "--partition=0", "--from_offset=3",
                         "--output=json", "--exit_code"});
  EXPECT_EQ(now.code, 4) << now.err;
  EXPECT_THAT(now.out, AllOf(HasSubstr("\"left\":\"exact\",\"left_offset\":3,"
                                       "\"right\":\"now\",\"right_offset\":4,"
                                       "\"same\":1,\"changed\":0"),
                             HasSubstr("\"key\":\"new\",\"partition\":0,"
                                       "\"kind\":\"only_right\"")));
  const InspectResult times =
      Inspect(pipeline, {"diff", "--from_time=2001-01-01",
                         "--to_time=2201-01-01", "--partition=0"});
  EXPECT_EQ(times.code, 0) << times.err;
  EXPECT_THAT(times.out, HasSubstr("0 keys changed, 0 only left, 2 only"));
  const InspectResult future =
      Inspect(pipeline, {"diff", "--partition=0", "--from_offset=99"});
  EXPECT_EQ(future.code, 7);
  EXPECT_THAT(future.out, HasSubstr("left is unavailable: the last "
                                    "checkpoint is at input offset 4"));
  for (const char* wrong :
       {"--from_time=yesterday", "--to_offset=1", "--patience=5s"}) {
    EXPECT_EQ(Inspect(pipeline, {"diff", wrong}).code, 2) << wrong;
  }
}

TEST(InspectDiffTest, ACompactedHeadIsReplayedOrUnavailable) {
  BrokerPipeline pipeline("inspect-diff-head", 1);
  {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    Commit(&pipeline, "IBM", {"10", "20", "30"});
  }
  // As when its head was compacted away.
  ASSERT_THAT(pipeline.client().AlterTopicConfig(
                  pipeline.results(), "cleanup.policy", "compact,delete"),
              IsOk());
  const auto end = pipeline.client().EndOffset(pipeline.results(), kFirst,
                                               Isolation::kCommitted);
  ASSERT_THAT(end, IsOk());
  ASSERT_THAT(pipeline.client().DeleteRecords(pipeline.results(), kFirst,
                                              Offset(end->value() - 3)),
              IsOk());
  const InspectResult replayed = Inspect(pipeline, {"diff", "--from_offset=2"});
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_THAT(replayed.out,
              AllOf(HasSubstr("replayed"), HasSubstr("+33.3333 %"),
                    HasSubstr("1 key changed")));
  ASSERT_THAT(
      pipeline.client().DeleteRecords(pipeline.input(), kFirst, Offset(1)),
      IsOk());
  const InspectResult gone = Inspect(pipeline, {"diff", "--from_offset=2"});
  EXPECT_EQ(gone.code, 7);
  EXPECT_THAT(gone.out, AllOf(HasSubstr("unavailable"),
                              HasSubstr("retained from offset 1 on"),
                              HasSubstr("NOT ALL COULD BE COMPARED")));
}

TEST(InspectDiffTest, TwoTopicsAndWhatIsInFlight) {
  BrokerPipeline pipeline("inspect-diff-one", 1);
  BrokerPipeline other("inspect-diff-two", 1, pipeline.input());
  const std::string with = "--other_results_topic=" + other.results();
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  Commit(&pipeline, "IBM", {"10", "20", "30", "40"});
  const InspectResult alone = Inspect(pipeline, {"diff", with});
  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_THAT(alone.out,
              AllOf(HasSubstr("no state"), HasSubstr("1 only left")));
  {
    const auto second = other.Start("b");
    ASSERT_THAT(second, IsOk());
    ASSERT_THAT(other.AwaitCaughtUp(), IsOk());
    const InspectResult same = Inspect(pipeline, {"diff", with, "--exit_code"});
    EXPECT_EQ(same.code, 0) << same.out << same.err;
    EXPECT_THAT(same.out, HasSubstr("0 only right, 1 the same"));
  }
  Commit(&pipeline, "IBM", {"100"});
  // Without a configuration, and beside a transaction that is open.
  auto writer = Writer::Create(SharedBroker(), "diff-foreign");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  Record half;
  half.partition = kFirst;
  half.key = "IBM";
  half.value = "half";
  ASSERT_THAT((*writer)->Write(other.results(), {half}), IsOk());
  const std::vector<std::string> ask = {
      "diff",          "--bootstrap_servers=" + SharedBroker(),
      "--exit_code",   "--results_topic=" + pipeline.results(),
      "--output=json", with,
      "--patience=1s"};
  const InspectResult differs = Inspect(ask);
  EXPECT_EQ(differs.code, 4) << differs.err;
  EXPECT_THAT(differs.out,
              AllOf(HasSubstr("\"left_offset\":5,\"right\":\"now\","
                              "\"right_offset\":4"),
                    HasSubstr("\"left_count\":3,\"right_count\":3")));
  ASSERT_THAT((*writer)->Commit(), IsOk());
  const InspectResult corrupt = Inspect(ask);
  EXPECT_EQ(corrupt.code, 4);
  EXPECT_THAT(corrupt.err,
              HasSubstr("partition 0, key \"IBM\", right: not a snapshot"));
  EXPECT_EQ(Inspect(pipeline, {"diff", "--other_results_topic=no-such"}).code,
            2);
  BrokerPipeline wide("inspect-diff-wide", 2);
  const InspectResult count =
      Inspect(pipeline, {"diff", "--other_results_topic=" + wide.results()});
  EXPECT_EQ(count.code, 2);
  EXPECT_THAT(count.err, HasSubstr("partition by partition"));
}

TEST(InspectDiffTest, AShadowRun) {
  BrokerPipeline pipeline("inspect-diff-shadow", 1);
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  Commit(&pipeline, "IBM", {"10", "20", "30", "40"});
  Commit(&pipeline, "once", {"1"});
  const std::string windows =
      "--other_config_override=window { name: \"last\" count { size: 4 } } "
      "window { name: \"more\" count { size: 9 } }";
  const InspectResult wider = Inspect(pipeline, {"diff", windows});
  EXPECT_EQ(wider.code, 0) << wider.err;
  EXPECT_THAT(
      wider.out,
      AllOf(HasSubstr("IBM          0  last      30     25  -16.6667 %"),
            HasSubstr("windows on the left alone, not compared: all"),
            HasSubstr("windows on the right alone, not compared: more"),
            HasSubstr("1 key changed, 0 only left, 0 only right, 1")));
  const InspectResult same = Inspect(
      pipeline,
      {"diff", "--other_config=" + pipeline.config_path(), "--exit_code"});
  EXPECT_EQ(same.code, 0) << same.out << same.err;
  EXPECT_THAT(same.out, AllOf(HasSubstr("replayed"), HasSubstr("2 the same"),
                              Not(HasSubstr("NOT ALL"))));
  const InspectResult elsewhere =
      Inspect(pipeline, {"diff",
                         "--other_config_override=input { topic: "
                         "\"elsewhere\" }"});
  EXPECT_EQ(elsewhere.code, 2);
  EXPECT_THAT(elsewhere.err, HasSubstr("over the same input"));
  // What is gone is not taken for unchanged.
  ASSERT_THAT(
      pipeline.client().DeleteRecords(pipeline.input(), kFirst, Offset(2)),
      IsOk());
  const InspectResult cut = Inspect(pipeline, {"diff", windows});
  EXPECT_EQ(cut.code, 7);
  EXPECT_THAT(cut.out, AllOf(HasSubstr("retained from offset 2 on"),
                             HasSubstr("NOT ALL COULD BE COMPARED")));
  Write(&pipeline, std::string(kCheckpointKey), "no checkpoint");
  EXPECT_EQ(Inspect(pipeline, {"diff", windows}).code, 4);
}

}  // namespace
}  // namespace exactmean
