// The modes without transactions and the changes between them, by the shipped
// binary on a real Kafka.

#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/instance.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

std::string Mode(const std::string& mode) {
  return absl::StrCat("delivery { mode: ", mode, " }");
}

// Starts it under `mode`, lets it fold in all there is, and stops it.
void RunUnder(const std::string& mode, BrokerPipeline* pipeline) {
  SCOPED_TRACE(mode);
  pipeline->extra_config = Mode(mode);
  ASSERT_THAT(pipeline->Produce(200), IsOk());
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  EXPECT_THAT(pipeline->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*instance)->Log();
  EXPECT_THAT(pipeline->CheckDrained(), IsOk()) << (*instance)->Log();
}

TEST(ModesTest, EachToEach) {
  BrokerPipeline pipeline("switch", 2);
  for (const char* mode :
       {"EXACTLY_ONCE", "AT_LEAST_ONCE", "EXACTLY_ONCE", "AT_MOST_ONCE",
        "EXACTLY_ONCE", "AT_LEAST_ONCE", "AT_MOST_ONCE", "AT_LEAST_ONCE"}) {
    RunUnder(mode, &pipeline);
  }
}

TEST(ModesTest, WhatAtMostOnceHasLostIsCountedAndNothingElseTakesItOn) {
  BrokerPipeline pipeline("lost", 1);
  RunUnder("AT_MOST_ONCE", &pipeline);
  const auto before = pipeline.Checkpoint(Partition(0));
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->dispositions().lost(), 0u);
  // As a process leaves it that dies between offsets and results.
  ASSERT_THAT(pipeline.Produce(10), IsOk());
  const Offset next(before->next_offset());
  ASSERT_THAT(Eventually([&] {
                return pipeline.client().CommitOffset(
                    pipeline.application(), pipeline.input(), Partition(0),
                    Offset(next.value() + 4));
              }),
              IsOk());

  for (const char* mode : {"EXACTLY_ONCE", "AT_LEAST_ONCE"}) {
    pipeline.extra_config = Mode(mode);
    const auto refused = pipeline.Start("a");
    ASSERT_THAT(refused, IsOk());
    const auto exit = (*refused)->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->exit_code, 4);
    EXPECT_THAT((*refused)->Log(), HasSubstr("under AT_MOST_ONCE died"));
    EXPECT_THAT((*refused)->Log(), HasSubstr("the 4 records between"));
  }
  pipeline.extra_config = Mode("AT_MOST_ONCE");
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT((*instance)->AwaitLog("up to 4 records lost"), IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*instance)->Log();
  const auto after = pipeline.Checkpoint(Partition(0));
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->dispositions().lost(), 4u);
  EXPECT_EQ(after->next_offset(), next.value() + 10);
}

// It wakes up with a step to write; whoever took over notices.
TEST(ModesTest, AZombieAtLeastOnceDoesNoLastingHarm) {
  BrokerPipeline pipeline("alo-zombie", 2);
  pipeline.extra_config = Mode("AT_LEAST_ONCE");
  ASSERT_THAT(pipeline.Produce(300), IsOk());
  const auto zombie = pipeline.Start("zombie");
  ASSERT_THAT(zombie, IsOk());
  ASSERT_THAT((*zombie)->AwaitLog("starts at offset"), IsOk());
  for (int i = 0; i < 20; ++i) ASSERT_THAT(pipeline.Produce(20), IsOk());
  ASSERT_THAT((*zombie)->process().Signal(SIGSTOP), IsOk());
  ASSERT_THAT(pipeline.Produce(200), IsOk());
  const auto heir = pipeline.Start("heir");
  ASSERT_THAT(heir, IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk()) << (*heir)->Log();
  ASSERT_THAT((*zombie)->process().Signal(SIGCONT), IsOk());
  for (int i = 0; i < 20; ++i) ASSERT_THAT(pipeline.Produce(20), IsOk());
  EXPECT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  for (const auto* instance : {&zombie, &heir}) {
    const auto exit = (**instance)->Terminate();
    ASSERT_THAT(exit, IsOk());
    EXPECT_TRUE(exit->ok()) << (**instance)->Log();
  }
  // A start proves all of it, and its history says what an input gives.
  RunUnder("AT_LEAST_ONCE", &pipeline);
}

TEST(ModesTest, TheStartSaysWhatHolds) {
  BrokerPipeline pipeline("says", 1);
  struct Line {
    const char* mode;
    const char* says;
  };
  for (const Line& line :
       {Line{"EXACTLY_ONCE", "delivery: exactly once. A result is visible"},
        Line{"AT_LEAST_ONCE",
             "delivery: at least once, commits "
             "ASYNC_THEN_SYNC. Nothing is lost"},
        Line{"AT_MOST_ONCE",
             "delivery: at most once, commits "
             "ASYNC_THEN_SYNC. Nothing is repeated"}}) {
    pipeline.extra_config = Mode(line.mode);
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    EXPECT_THAT((*instance)->AwaitLog(line.says), IsOk());
    EXPECT_THAT((*instance)->AwaitLog("reading starts"), IsOk());
    EXPECT_THAT((*instance)->AwaitLog("starts at offset"), IsOk());
    EXPECT_THAT((*instance)->Terminate(), IsOk());
  }
}

}  // namespace
}  // namespace exactmean
