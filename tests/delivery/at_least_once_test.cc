// AT_LEAST_ONCE on a real Kafka: whatever the style of commits, a killed
// process leaves a state that its successor makes right.

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class AtLeastOnceTest : public ::testing::TestWithParam<std::string> {};

// Also: every checkpoint that was ever written is of a state that the input
// gives, for nothing is written before the fold has passed what lies ahead.
TEST_P(AtLeastOnceTest, KilledAndRight) {
  BrokerPipeline pipeline(absl::StrCat("alo-", GetParam()), 2);
  pipeline.extra_config = absl::StrCat(
      "delivery { mode: AT_LEAST_ONCE commits: ", GetParam(), " }");
  ASSERT_THAT(pipeline.Produce(300), IsOk());
  const auto last = pipeline.ProduceThroughKills("a");
  ASSERT_THAT(last, IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*last)->Log();
  EXPECT_THAT((*last)->Log(), HasSubstr("at least once, commits"));
  const auto exit = (*last)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*last)->Log();
}

INSTANTIATE_TEST_SUITE_P(Styles, AtLeastOnceTest,
                         ::testing::Values("SYNC", "ASYNC", "ASYNC_THEN_SYNC",
                                           "AUTO"),
                         [](const auto& style) { return style.param; });

}  // namespace
}  // namespace exactmean
