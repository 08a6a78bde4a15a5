// Records that a step refuses, gives up or fails on: each in its place, and the
// process ends as it should.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/dead_letter.h"
#include "tests/broker/instance.h"
#include "tests/broker/pipeline.h"
#include "tests/dead_letter/dead_letters.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tests/step/currency_pipeline.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Partition kFirst(0);

Record Good(int32_t partition, int i) {
  return CurrencyPipeline::Price(Partition(partition),
                                 absl::StrCat("key", i % 7), i + 1, "USD");
}
Record Refused(int32_t partition, int i) {
  return CurrencyPipeline::Price(Partition(partition),
                                 absl::StrCat("key", i % 7), i + 1, "XYZ");
}

// Alone in its partition, first, last, many in a row, one in every batch.
TEST(GivingUpTest, WhatTheStepRefusesIsABadRecordWhereverItLies) {
  CurrencyPipeline pipeline("refused", 4);
  ASSERT_THAT(KeepBadRecords(&*pipeline), IsOk());
  std::vector<Record> records = {Refused(0, 0), Refused(1, 1)};
  for (int i = 0; i < 30; ++i) records.push_back(Good(1, i));
  for (int i = 0; i < 30; ++i) records.push_back(Good(2, i));
  for (int i = 0; i < 200; ++i) records.push_back(Refused(2, i));
  for (int i = 0; i < 600; ++i) {
    records.push_back(i % 10 == 0 ? Refused(3, i) : Good(3, i));
  }
  records.push_back(Refused(3, 600));
  ASSERT_THAT(pipeline.Write(records), IsOk());
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  ASSERT_THAT(CheckDeadLetters(&*pipeline), IsOk());
  const auto letters = ReadDeadLetters(&*pipeline);
  ASSERT_THAT(letters, IsOk());
  EXPECT_EQ(letters->size(), 263u);
  for (const ParsedDeadLetter& letter : *letters) {
    EXPECT_EQ(letter.origin.kind, "refused");
    EXPECT_THAT(letter.origin.error, HasSubstr("answers 404"));
    EXPECT_EQ(letter.origin.attempts, 1);
  }
  const InspectResult verified =
      Inspect(*pipeline, {"verify"}, kCurrencyInspector);
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

// First, alone, and between others; in each the number of tries.
TEST(GivingUpTest, AfterTheLastTryItIsADeadLetter) {
  CurrencyPipeline pipeline("letters", 2, "max_tries: 4 give_up: DEAD_LETTER");
  ASSERT_THAT(KeepBadRecords(&*pipeline), IsOk());
  pipeline.server().set_status(503);
  const auto price = [](const char* currency, int partition, int i) {
    return CurrencyPipeline::Price(Partition(partition), "key", i, currency);
  };
  std::vector<Record> records = {price("EUR", 0, 1), price("USD", 0, 2),
                                 price("EUR", 0, 3), price("USD", 0, 4),
                                 price("EUR", 1, 5)};
  records[0].headers = {{"mine", "1"}, {"exactmean.tries", "of my own"}};
  ASSERT_THAT(pipeline.Write(records), IsOk());
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
  const auto letters = ReadDeadLetters(&*pipeline);
  ASSERT_THAT(letters, IsOk());
  ASSERT_EQ(letters->size(), 3u);
  for (const ParsedDeadLetter& letter : *letters) {
    EXPECT_EQ(letter.origin.kind, "given-up");
    EXPECT_EQ(letter.origin.attempts, 1);
    EXPECT_EQ(letter.origin.tries, 4);
    EXPECT_THAT(letter.origin.error,
                AllOf(HasSubstr("given up after 4 tries in"),
                      HasSubstr("answers 503")));
  }
  EXPECT_EQ((*letters)[0].record.headers, records[0].headers);
  EXPECT_EQ((*letters)[0].record.value, records[0].value);
  EXPECT_EQ(pipeline.server().requests(), 12);
  const auto checkpoint = pipeline->Checkpoint(kFirst);
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_EQ(checkpoint->dispositions().applied(), 2u);
  EXPECT_EQ(checkpoint->dispositions().dead_lettered(), 2u);

  // There are rates by now, but a replay knows what was given up.
  pipeline.server().set_status(0);
  const auto verify = [&] {
    const InspectResult verified =
        Inspect(*pipeline, {"verify"}, kCurrencyInspector);
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  };
  verify();
  // Now that there are rates, back with them; nothing is lost then.
  const InspectResult redriven =
      Inspect(*pipeline, {"dlq", "redrive", "--execute", "--yes"});
  EXPECT_EQ(redriven.code, 0) << redriven.out << redriven.err;
  EXPECT_THAT(Eventually([&]() -> absl::Status {
                const auto after = pipeline->Checkpoint(kFirst);
                if (!after.ok()) return after.status();
                if (after->dispositions().applied() == 4) {
                  return absl::OkStatus();
                }
                return absl::DeadlineExceededError(after->DebugString());
              }),
              IsOk())
      << (*instance)->Log();
  EXPECT_EQ(pipeline->Checkpoint(kFirst)->dispositions().dead_lettered(), 2u);
  verify();
}

TEST(GivingUpTest, AfterTheLastTryItStopsAndAStartTriesAgain) {
  CurrencyPipeline pipeline("stops", 2, "max_time: \"1s\" give_up: STOP");
  pipeline.server().Stop();
  std::vector<Record> records = {Good(0, 1), Good(0, 2)};
  records.push_back(CurrencyPipeline::Price(kFirst, "key", 3, "GBP"));
  records.push_back(Good(0, 4));
  ASSERT_THAT(pipeline.Write(records), IsOk());
  for (int i = 0; i < 2; ++i) {
    const auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    const auto exit = (*instance)->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 8) << (*instance)->Log();
    EXPECT_THAT((*instance)->Log(),
                AllOf(HasSubstr("topic \"stops-in\", partition 0, offset 2, "
                                "was given up after"),
                      HasSubstr("verything before it is committed")));
    EXPECT_EQ(pipeline.Committed(kFirst), Offset(2));
  }
  pipeline.server().Start();
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  EXPECT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
}

TEST(GivingUpTest, AFatalAnswerStopsBeforeTheRecord) {
  CurrencyPipeline pipeline("fatal", 2);
  pipeline.server().set_status(401);
  ASSERT_THAT(pipeline.Write({Good(0, 1), CurrencyPipeline::Price(kFirst, "key",
                                                                  3, "GBP")}),
              IsOk());
  const auto instance = pipeline->Start("a");
  ASSERT_THAT(instance, IsOk());
  const auto exit = (*instance)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 8) << (*instance)->Log();
  EXPECT_THAT((*instance)->Log(),
              AllOf(HasSubstr("the step failed on the record in topic "
                              "\"fatal-in\", partition 0, offset 1"),
                    HasSubstr("UNAUTHENTICATED"), HasSubstr("answers 401")));
  EXPECT_EQ(pipeline.Committed(kFirst), Offset(1));
}

TEST(GivingUpTest, AnotherProgramOrConfigurationIsRefused) {
  CurrencyPipeline pipeline("another", 1);
  ASSERT_THAT(pipeline.Write({Good(0, 1)}), IsOk());
  {
    const auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }
  const auto refusal = [&](int code, const std::vector<std::string>& flags) {
    const auto instance = pipeline->Start("a", flags);
    EXPECT_THAT(instance, IsOk());
    const auto exit = (*instance)->AwaitExit();
    EXPECT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), code) << (*instance)->Log();
    return (*instance)->Log();
  };
  const std::string config = pipeline->extra_config;
  // Another property is another state.
  pipeline->extra_config =
      absl::StrReplaceAll(config, {{"value: \"USD\"", "value: \"EUR\""}});
  EXPECT_THAT(refusal(4, {}),
              AllOf(HasSubstr("- step currency \"to\"=\"USD\""),
                    HasSubstr("+ step currency \"to\"=\"EUR\"")));
  // Another option is not, unless the step does not like it.
  pipeline->extra_config =
      absl::StrReplaceAll(config, {{"value: \"0s\"", "value: \"soon\""}});
  EXPECT_THAT(refusal(2, {}), HasSubstr("cache must be a duration"));
  pipeline->extra_config = config;
  pipeline->binary = "processor/exactmean";
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{}, {"--check"}}) {
    EXPECT_THAT(refusal(9, flags),
                AllOf(HasSubstr("the step \"currency\", which is not linked"),
                      HasSubstr("linked: none")));
  }
}

}  // namespace
}  // namespace exactmean
