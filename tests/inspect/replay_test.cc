// replay on a real broker: a part of the input, made into averages and printed.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Partition kFirst(0);

void Produce(BrokerPipeline* pipeline, int from, int to) {
  for (int i = from; i < to; ++i) {
    ASSERT_THAT(pipeline->ProduceOne(kFirst, "IBM", absl::StrCat(i)), IsOk());
  }
}

TEST(InspectReplayTest, APartOfTheInputWhetherOrNotProcessorsRun) {
  BrokerPipeline pipeline("inspect-replay", 2);
  const InspectResult none = Inspect(pipeline, {"replay"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_THAT(none.out, IsEmpty());
  EXPECT_THAT(none.err, HasSubstr("partition 0, offsets 0 to 0: 0 records"));

  Produce(&pipeline, 0, 20);
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult part = Inspect(
      pipeline,
      {"replay", "--partition=0", "--from=0:4", "--to=0:10", "--output=json"});
  EXPECT_EQ(part.code, 0) << part.err;
  EXPECT_THAT(part.out,
              AllOf(HasSubstr(R"("key":"IBM")"), HasSubstr(R"("records":6)"),
                    HasSubstr(R"("last_offset":9)"),
                    HasSubstr(R"("average":8,"count":3)"),
                    HasSubstr(R"("average":6.5,"count":6)")));
  // All of it is what the processor has made of it.
  const InspectResult all = Inspect(pipeline, {"replay"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(all.out, Inspect(pipeline, {"list"}).out);
  EXPECT_THAT((*instance)->Terminate(), IsOk());
}

TEST(InspectReplayTest, WhatCannotBeIsSaid) {
  BrokerPipeline pipeline("inspect-replay-refused", 1);
  Produce(&pipeline, 0, 5);
  ASSERT_THAT(pipeline.ProduceOne(kFirst, "IBM", "bad"), IsOk());
  ASSERT_THAT(
      pipeline.client().DeleteRecords(pipeline.input(), kFirst, Offset(2)),
      IsOk());
  const InspectResult gone = Inspect(pipeline, {"replay", "--from=0:1"});
  EXPECT_EQ(gone.code, 2);
  EXPECT_THAT(gone.err, HasSubstr("holds offsets 2 to 6; 1 is not there"));
  const InspectResult flag = Inspect(pipeline, {"replay", "--to=earliest"});
  EXPECT_EQ(flag.code, 2);
  const InspectResult bad =
      Inspect(pipeline, {"replay", "--config_override=on_bad_record: STOP"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_THAT(bad.out, HasSubstr("IBM"));
  EXPECT_THAT(bad.err, HasSubstr("policy STOP: "));
  const InspectResult skipped = Inspect(pipeline, {"replay"});
  EXPECT_EQ(skipped.code, 0);
  EXPECT_THAT(skipped.err, HasSubstr("1 bad"));
}

}  // namespace
}  // namespace exactmean
