// get on a real broker: one key in full, now and at earlier times.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Partition kSecond(1);

TEST(InspectGetTest, NowAndThenWhileAProcessorRuns) {
  BrokerPipeline pipeline("inspect-get", 2);
  const InspectResult none = Inspect(pipeline, {"get", "IBM"});
  EXPECT_EQ(none.code, 10);
  EXPECT_THAT(none.err, HasSubstr("no key \"IBM\""));
  const InspectResult none_then =
      Inspect(pipeline, {"get", "IBM", "--at_offset=1"});
  EXPECT_EQ(none_then.code, 7);
  EXPECT_THAT(none_then.out, HasSubstr("unavailable"));

  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  for (const char* value : {"10", "20", "30"}) {
    ASSERT_THAT(pipeline.ProduceOne(kSecond, "IBM", value), IsOk());
    ASSERT_THAT(pipeline.ProduceOne(kSecond, "\xff", "1"), IsOk());
    ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  }
  const InspectResult now = Inspect(pipeline, {"get", "IBM"});
  EXPECT_EQ(now.code, 0) << now.err;
  EXPECT_THAT(now.out,
              AllOf(HasSubstr("3 records, the last at input offset 4"),
                    HasSubstr("the last 3 values, oldest first\n  10 20 30")));
  const InspectResult bytes =
      Inspect(pipeline, {"get", "\\xff", "--output=json"});
  EXPECT_EQ(bytes.code, 0) << bytes.err;
  EXPECT_THAT(bytes.out,
              AllOf(HasSubstr("\"key_base64\":\"/w==\""),
                    HasSubstr("\"label\":\"now\""),
                    HasSubstr("\"kind\":\"count\",\"values\":[1,1,1]")));

  const InspectResult exact =
      Inspect(pipeline, {"get", "IBM", "--at_offset=4", "--output=json"});
  EXPECT_EQ(exact.code, 0) << exact.err;
  EXPECT_THAT(exact.out, AllOf(HasSubstr("\"label\":\"exact\""),
                               HasSubstr("\"values\":[10,20]")));
  const InspectResult before = Inspect(
      pipeline, {"get", "IBM", "--at_time=2001-01-01", "--output=json"});
  EXPECT_EQ(before.code, 0) << before.err;
  EXPECT_THAT(before.out,
              AllOf(HasSubstr("\"at_offset\":0"), HasSubstr("\"live\":false")));
  const InspectResult after = Inspect(
      pipeline, {"get", "IBM", "--at_time=2201-01-01", "--output=json"});
  EXPECT_EQ(after.code, 0) << after.err;
  EXPECT_THAT(after.out, AllOf(HasSubstr("\"at_offset\":6"),
                               HasSubstr("\"label\":\"exact\"")));
  const InspectResult future =
      Inspect(pipeline, {"get", "IBM", "--at_offset=100"});
  EXPECT_EQ(future.code, 7);
  EXPECT_THAT(future.out, HasSubstr("last checkpoint is at input offset 6"));
  EXPECT_EQ(Inspect(pipeline, {"get", "IBM", "--at_time=yesterday"}).code, 2);
}

TEST(InspectGetTest, ReplaysWhatTheLogDoesNotTellAnyMore) {
  BrokerPipeline pipeline("inspect-get-past", 1);
  {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    for (const char* value : {"10", "20", "30"}) {
      ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", value), IsOk());
      ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
    }
  }
  // As when its head was compacted away.
  ASSERT_THAT(pipeline.client().AlterTopicConfig(
                  pipeline.results(), "cleanup.policy", "compact,delete"),
              IsOk());
  const auto end = pipeline.client().EndOffset(pipeline.results(), Partition(0),
                                               Isolation::kCommitted);
  ASSERT_THAT(end, IsOk());
  ASSERT_THAT(pipeline.client().DeleteRecords(pipeline.results(), Partition(0),
                                              Offset(end->value() - 3)),
              IsOk());
  const std::vector<std::string> ask = {"get", "IBM", "--at_offset=2",
                                        "--output=json"};
  const InspectResult replayed = Inspect(pipeline, ask);
  EXPECT_EQ(replayed.code, 0) << replayed.err;
  EXPECT_THAT(replayed.out, AllOf(HasSubstr("\"label\":\"replayed\""),
                                  HasSubstr("\"values\":[10,20]"),
                                  HasSubstr("\"results_offset\":null")));
  ASSERT_THAT(pipeline.client().DeleteRecords(pipeline.input(), Partition(0),
                                              Offset(1)),
              IsOk());
  const InspectResult gone = Inspect(pipeline, ask);
  EXPECT_EQ(gone.code, 7);
  EXPECT_THAT(gone.out, AllOf(HasSubstr("\"label\":\"unavailable\""),
                              HasSubstr("retained from offset 1")));
}

}  // namespace
}  // namespace exactmean
