// list and get on a real broker.

#include <algorithm>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

int Lines(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

TEST(InspectListTest, ShowsWhatAProcessorWroteWhileItRuns) {
  BrokerPipeline pipeline("inspect-list", 2);
  ASSERT_THAT(pipeline.ProduceOne(Partition(1), "IBM", "20.5"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());

  const InspectResult list = Inspect(pipeline, {"list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("IBM"));
  const InspectResult get = Inspect(pipeline, {"get", "IBM", "--output=json"});
  EXPECT_EQ(get.code, 0) << get.err;
  EXPECT_THAT(get.out, HasSubstr("\"average\":20.5"));
}

TEST(InspectListTest, OrdersLimitsFiltersAndTombstones) {
  BrokerPipeline pipeline("inspect-orders", 2);
  ASSERT_THAT(pipeline.Produce(500), IsOk());
  for (const std::string value : {"1", "2", "3"}) {
    ASSERT_THAT(pipeline.ProduceOne(Partition(0), "zz-\xff", value), IsOk());
  }
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const auto snapshots = pipeline.Snapshots();
  ASSERT_THAT(snapshots, IsOk());
  const int keys = static_cast<int>(snapshots->size());

  for (const std::string sort : {"key", "-records", "none", "time"}) {
    const InspectResult all =
        Inspect(pipeline, {"list", "--output=json", "--sort=" + sort});
    EXPECT_EQ(all.code, 0) << all.err;
    EXPECT_EQ(Lines(all.out), keys) << sort;
    const InspectResult some = Inspect(
        pipeline, {"list", "--output=json", "--sort=" + sort, "--limit=5"});
    EXPECT_EQ(some.code, 0) << some.err;
    EXPECT_EQ(Lines(some.out), 5);
    if (sort != "none") {
      EXPECT_THAT(all.out, StartsWith(some.out)) << sort;
    }
  }
  const InspectResult one = Inspect(
      pipeline, {"list", "--prefix=zz-\\xff", "--columns=records,partition"});
  EXPECT_EQ(one.out,
            "KEY      RECORDS  PARTITION\n"
            "zz-\\xff        3          0\n");
  const InspectResult none = Inspect(pipeline, {"list", "--match=?nobody*"});
  EXPECT_EQ(none.code, 0);
  EXPECT_EQ(none.out, "");
  EXPECT_THAT(none.err, HasSubstr("no such key"));
  const InspectResult wrong = Inspect(pipeline, {"list", "--columns=sma"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("there are records, time"));
}

TEST(InspectListTest, NothingThereYetAndATransactionInFlight) {
  BrokerPipeline pipeline("inspect-empty", 1);
  InspectResult list = Inspect(pipeline, {"list"});
  EXPECT_EQ(list.code, 0);
  EXPECT_EQ(list.out, "");
  EXPECT_THAT(list.err, HasSubstr("no keys yet"));

  const auto writer = Writer::Create(SharedBroker(), "somebody");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  Record record;
  record.key = "hidden";
  record.value = "not seen before it is committed";
  ASSERT_THAT((*writer)->Write(pipeline.results(), {record}), IsOk());
  list = Inspect(pipeline, {"list", "--patience=1s"});
  EXPECT_EQ(list.code, 0);
  EXPECT_THAT(list.err, HasSubstr("partition 0: a transaction is open"));

  // Once committed it is seen, and is no snapshot.
  ASSERT_THAT((*writer)->Commit(), IsOk());
  list = Inspect(pipeline, {"list"});
  EXPECT_EQ(list.code, 4);
  EXPECT_THAT(list.err, HasSubstr("key \"hidden\""));
}

TEST(InspectListTest, NoSuchKeyAndNoSuchTopic) {
  BrokerPipeline pipeline("inspect-none", 1);
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult get = Inspect(pipeline, {"get", "nobody"});
  EXPECT_EQ(get.code, 10);
  EXPECT_THAT(get.err, HasSubstr("no key \"nobody\""));
  const InspectResult list =
      Inspect(pipeline, {"list", "--results_topic=inspect-no-such"});
  EXPECT_EQ(list.code, 2);
  EXPECT_THAT(list.err, HasSubstr("inspect-no-such"));
}

}  // namespace
}  // namespace exactmean
