// audit on a real broker.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Partition kFirst(0);

TEST(InspectAuditTest, AccountsForEveryOffsetAndNamesWhatItCannot) {
  BrokerPipeline pipeline("inspect-audit", 2);
  pipeline.extra_config = "group { membership: DYNAMIC }";
  const InspectResult empty = Inspect(pipeline, {"audit"});
  EXPECT_EQ(empty.code, 0) << empty.err;
  EXPECT_THAT(empty.out, HasSubstr("no checkpoint"));
  {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    for (int i = 0; i < 3; ++i) {
      ASSERT_THAT(pipeline.Produce(100), IsOk());
      const InspectResult running = Inspect(pipeline, {"audit"});
      EXPECT_EQ(running.code, 0) << running.out << running.err;
    }
    ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }
  const InspectResult good = Inspect(pipeline, {"audit"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.out, AllOf(HasSubstr("300 offsets passed"),
                              HasSubstr("every offset accounted for")));

  // The group is moved by hand.
  ASSERT_THAT(
      pipeline.client().CommitOffset(pipeline.application(), pipeline.input(),
                                     kFirst, Offset(100000)),
      IsOk());
  const InspectResult moved = Inspect(pipeline, {"audit"});
  EXPECT_EQ(moved.code, 4);
  EXPECT_THAT(
      moved.out,
      HasSubstr("the group's offset is 100000, that of the last checkpoint"));

  auto checkpoint = pipeline.Checkpoint(kFirst);
  ASSERT_THAT(checkpoint, IsOk());
  checkpoint->set_sequence(checkpoint->sequence() + 5);
  auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  Record record;
  record.partition = kFirst;
  record.key = std::string(kCheckpointKey);
  record.value = EncodeResult(*checkpoint);
  ASSERT_THAT((*writer)->Write(pipeline.results(), {record}), IsOk());
  const InspectResult gap = Inspect(pipeline, {"audit", "--output=json"});
  EXPECT_EQ(gap.code, 4);
  EXPECT_THAT(gap.out, HasSubstr("follows commit"));
  EXPECT_EQ(Inspect(pipeline, {"audit", "--partition=1"}).code, 0);
  EXPECT_EQ(Inspect(pipeline, {"audit", "--results_topic=no-such"}).code, 2);
}

}  // namespace
}  // namespace exactmean
