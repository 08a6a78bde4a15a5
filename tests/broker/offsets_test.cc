// Group offsets that are gone, by expiry or with their topic: the shipped
// binary asks for 30 s before it believes it, goes on from the checkpoint, and
// is not fooled by an input topic made anew. All at once, for the 30 s.

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRecords = 100;

class MissingOffsetsTest : public ::testing::Test {
 protected:
  // A pipeline that has folded in its input, and stopped.
  static std::unique_ptr<BrokerPipeline> Worked(const std::string& name) {
    auto pipeline = std::make_unique<BrokerPipeline>(name, 1);
    pipeline->extra_config = "group { membership: DYNAMIC }";
    EXPECT_THAT(pipeline->Produce(kRecords), IsOk());
    const auto instance = pipeline->Start("a");
    EXPECT_THAT(instance, IsOk());
    EXPECT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
    EXPECT_THAT((*instance)->Terminate(), IsOk());
    return pipeline;
  }

  // Its input is another one of the same name, with `records`.
  static void Remake(BrokerPipeline* pipeline, int records) {
    ASSERT_THAT(pipeline->client().DeleteTopic(pipeline->input()), IsOk());
    ASSERT_THAT(Eventually([&] {
                  return pipeline->client().CreateTopic(pipeline->input(), 1);
                }),
                IsOk());
    ASSERT_THAT(pipeline->Produce(records), IsOk());
  }

  static void ExpectRefused(RunningInstance* instance, const char* text) {
    const auto exit = instance->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 4) << instance->Log();
    EXPECT_THAT(instance->Log(), HasSubstr("partition 0: "));
    EXPECT_THAT(instance->Log(), HasSubstr(text));
    EXPECT_THAT(instance->Log(), HasSubstr("deleted and made again"));
  }
};

TEST_F(MissingOffsetsTest, TheCheckpointCounts) {
  const auto expired = Worked("expired");
  const auto shorter = Worked("shorter");
  const auto longer = Worked("longer");
  ASSERT_THAT(expired->client().DeleteOffsets("expired", "expired-in"), IsOk());
  ASSERT_THAT(expired->Produce(kRecords), IsOk());
  Remake(shorter.get(), kRecords / 2);
  Remake(longer.get(), 2 * kRecords);

  const auto goes_on = expired->Start("a");
  ASSERT_THAT(goes_on, IsOk());
  const auto too_short = shorter->Start("a");
  ASSERT_THAT(too_short, IsOk());
  const auto another = longer->Start("a");
  ASSERT_THAT(another, IsOk());
  EXPECT_THAT((*goes_on)->AwaitLog("asking again before believing it"), IsOk());
  EXPECT_THAT((*goes_on)->Log(), Not(HasSubstr("starts at offset")));

  EXPECT_THAT((*goes_on)->AwaitLog("starts at offset 100 (checkpoint; the "
                                   "group has no offset)"),
              IsOk());
  EXPECT_THAT(expired->AwaitDrained(), IsOk()) << (*goes_on)->Log();
  ExpectRefused(too_short->get(), "but the input ends before 50");
  ExpectRefused(another->get(), "the input record at offset 99 is not the one");
}

}  // namespace
}  // namespace exactmean
