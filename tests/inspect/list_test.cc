// list and get on a real broker.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

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

TEST(InspectListTest, NoSuchKeyAndNoSuchTopic) {
  BrokerPipeline pipeline("inspect-none", 1);
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult get = Inspect(pipeline, {"get", "nobody"});
  EXPECT_EQ(get.code, 2);
  EXPECT_THAT(get.err, HasSubstr("no key \"nobody\""));
  const InspectResult list =
      Inspect(pipeline, {"list", "--results_topic=inspect-no-such"});
  EXPECT_EQ(list.code, 2);
  EXPECT_THAT(list.err, HasSubstr("inspect-no-such"));
}

}  // namespace
}  // namespace exactmean
