// The step's section of the configuration.

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

absl::StatusOr<Settings> Load(const std::string& more) {
  ConfigArgs args;
  args.instance_id = "test";
  args.with_kafka = false;
  args.overrides = {absl::StrCat(R"(
    application_id: "averages"
    input { topic: "prices" number { } }
    results { topic: "averages" }
    window { name: "all" cumulative { } }
  )",
                                 more)};
  return LoadSettings(args);
}

std::string ProblemOf(const std::string& more) {
  const auto settings = Load(more);
  EXPECT_THAT(settings, StatusIs(absl::StatusCode::kInvalidArgument)) << more;
  return std::string(settings.status().message());
}

TEST(StepSettingsTest, NoneIsTheDefault) {
  const auto settings = Load("");
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->step.name, "");
  EXPECT_EQ(settings->state.step, "");
  EXPECT_FALSE(WritesDeadLetters(*settings));
  EXPECT_THAT(DescribeSettings(*settings), HasSubstr("step: (none)"));
}

TEST(StepSettingsTest, PropertiesAreStateAndOptionsAreNot) {
  setenv("STEP_SECRET", "hush", 1);
  const auto settings = Load(R"(
      step {
        name: "usd"
        property { key: "to" value: "USD" }
        option { key: "url" value: "http://rates:80" }
        option { key: "token" value: "${env:STEP_SECRET}" }
        option { key: "password" value: "hush" }
      })");
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->step.name, "usd");
  EXPECT_EQ(settings->state.step, "usd \"to\"=\"USD\"");
  EXPECT_EQ(settings->step.options.at("url"), "http://rates:80");
  EXPECT_EQ(settings->step.options.at("token"), "hush");
  EXPECT_THAT(DescribeSettings(*settings),
              AllOf(HasSubstr("step: usd"), HasSubstr("http://rates:80"),
                    Not(HasSubstr("hush"))));
}

TEST(StepSettingsTest, RetriesAreForEverUnlessLimited) {
  auto settings = Load("step { name: \"usd\" }");
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->retry.first_wait, absl::Milliseconds(100));
  EXPECT_EQ(settings->retry.longest_wait, absl::Seconds(30));
  EXPECT_EQ(settings->retry.max_tries, 0);
  EXPECT_EQ(settings->retry.max_time, absl::InfiniteDuration());
  settings = Load(R"(
      step { name: "usd" retry {
        first_wait: "1s" longest_wait: "2m" max_tries: 7 max_time: "1h"
        give_up: DEAD_LETTER } }
      dead_letters { topic: "dead" })");
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->retry.first_wait, absl::Seconds(1));
  EXPECT_EQ(settings->retry.longest_wait, absl::Minutes(2));
  EXPECT_EQ(settings->retry.max_tries, 7);
  EXPECT_EQ(settings->retry.max_time, absl::Hours(1));
  EXPECT_EQ(settings->retry.give_up, RetryPolicy::GiveUp::kDeadLetter);
  EXPECT_TRUE(WritesDeadLetters(*settings));
}

TEST(StepSettingsTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(ProblemOf("step { }"), HasSubstr("step.name"));
  EXPECT_THAT(ProblemOf("step { name: \"a b\" }"), HasSubstr("step.name"));
  EXPECT_THAT(ProblemOf(R"(step { name: "s"
                  property { key: "p" value: "${env:HOME}" } })"),
              HasSubstr("step.property \"p\""));
  EXPECT_THAT(ProblemOf(R"(step { name: "s"
                  option { key: "p" value: "${env:NO_SUCH_VARIABLE}" } })"),
              AllOf(HasSubstr("step.option \"p\""),
                    HasSubstr("NO_SUCH_VARIABLE is not set")));
  const auto retry = [](const std::string& text) {
    return ProblemOf("step { name: \"s\" retry { " + text + " } }");
  };
  EXPECT_THAT(retry("first_wait: \"1m\""), HasSubstr("longest_wait"));
  EXPECT_THAT(retry("max_tries: 3"), HasSubstr("step.retry.give_up: say what"));
  EXPECT_THAT(retry("max_time: \"3s\""), HasSubstr("step.retry.give_up"));
  EXPECT_THAT(retry("give_up: STOP"), HasSubstr("say when"));
  EXPECT_THAT(retry("max_tries: 2000000 give_up: STOP"),
              HasSubstr("at most 1000000"));
  EXPECT_THAT(retry("max_tries: 3 give_up: DEAD_LETTER"),
              HasSubstr("dead_letters.topic"));
}

TEST(StepSettingsTest, RetryTopics) {
  constexpr char kTopics[] =
      "give_up: RETRY_TOPIC max_tries: 1 "
      "topic { name: \"r1\" delay: \"1m\" } "
      "topic { name: \"r2\" delay: \"1h\" }";
  const auto text = [](const std::string& retry, const std::string& more) {
    return "step { name: \"s\" retry { " + retry + " } } " + more;
  };
  constexpr char kDead[] = "dead_letters { topic: \"dead\" }";
  const auto settings = Load(text(kTopics, kDead));
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->retry.give_up, RetryPolicy::GiveUp::kRetryTopic);
  ASSERT_EQ(settings->retry.topics.size(), 2u);
  EXPECT_EQ(settings->retry.topics[1].name, "r2");
  EXPECT_EQ(settings->retry.topics[1].delay, absl::Hours(1));
  EXPECT_TRUE(WritesDeadLetters(*settings));

  EXPECT_THAT(ProblemOf(text(kTopics, "")), HasSubstr("dead_letters.topic"));
  EXPECT_THAT(ProblemOf(text("give_up: RETRY_TOPIC max_tries: 1", kDead)),
              HasSubstr("step.retry.topic: is required"));
  EXPECT_THAT(ProblemOf(text("topic { name: \"r\" delay: \"1s\" }", kDead)),
              HasSubstr("step.retry.topic: has no effect"));
  const auto topic = [&](const std::string& topics, const std::string& more) {
    return ProblemOf(text("give_up: RETRY_TOPIC max_tries: 1 " + topics,
                          std::string(kDead) + more));
  };
  EXPECT_THAT(topic("topic { name: \"r\" }", ""),
              HasSubstr("step.retry.topic.delay: is required"));
  EXPECT_THAT(topic("topic { name: \"dead\" delay: \"1s\" }", ""),
              HasSubstr("must not be the topic of dead_letters"));
  EXPECT_THAT(topic("topic { name: \"r\" delay: \"1s\" } "
                    "topic { name: \"r\" delay: \"2s\" }",
                    ""),
              HasSubstr("\"r\" is given twice"));
  EXPECT_THAT(topic("topic { name: \"r\" delay: \"1s\" }",
                    "delivery { mode: AT_LEAST_ONCE }"),
              HasSubstr("RETRY_TOPIC is for delivery mode EXACTLY_ONCE"));
}

}  // namespace
}  // namespace exactmean
