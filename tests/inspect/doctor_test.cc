// doctor on a real broker.

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(InspectDoctorTest, WhileProcessorsRunNothingFails) {
  BrokerPipeline pipeline("doctor-run", 2);
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult run = Inspect(pipeline, {"doctor"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("OK    check: "),
                    HasSubstr("OK    state: proven, in agreement with the "),
                    HasSubstr("OK    restore: "), HasSubstr("one copy"),
                    HasSubstr("topic __transaction_state: 1 copy, 1 in sync"),
                    HasSubstr("topic __consumer_offsets: 1 copy, 1 in sync"),
                    HasSubstr("every broker grants "), HasSubstr(": 0 FAIL"),
                    Not(HasSubstr("unseen"))));
  ASSERT_THAT(pipeline.Produce(100), IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk());  // it has fenced nobody
  const InspectResult alone =
      Inspect({"doctor", "--bootstrap_servers=" + SharedBroker(),
               "--results_topic=" + pipeline.results(), "--output=json"});
  EXPECT_EQ(alone.code, 0) << alone.out << alone.err;
  EXPECT_THAT(alone.out,
              HasSubstr("\"check\":\"check\",\"what\":\"topics are"));
}

TEST(InspectDoctorTest, WhatIsWrongIsNamedWithItsMend) {
  BrokerPipeline pipeline("doctor-wrong", 1);
  const auto set = [&](const std::string& topic, const std::string& name,
                       const std::string& value) {
    ASSERT_THAT(pipeline.client().AlterTopicConfig(topic, name, value), IsOk());
  };
  set(pipeline.results(), "cleanup.policy", "delete");
  set(pipeline.input(), "unclean.leader.election.enable", "true");
  const InspectResult wrong = Inspect(pipeline, {"doctor"});
  EXPECT_EQ(wrong.code, 11);
  EXPECT_THAT(wrong.out,
              AllOf(HasSubstr("has cleanup.policy=delete"),
                    HasSubstr("--entity-name doctor-wrong-in --add-config "
                              "unclean.leader.election.enable=false"),
                    HasSubstr("no processor runs")));
  EXPECT_THAT(wrong.err, HasSubstr("something must be mended"));
}

// Topics that somebody made by hand, for records that wait or are given up.
TEST(InspectDoctorTest, WhatRetryTopicsAndDeadLettersWouldLose) {
  BrokerPipeline pipeline("doctor-retry", 1);
  pipeline.extra_config = R"(
      on_bad_record: DEAD_LETTER dead_letters { topic: "doctor-retry-dead" }
      step {
        name: "any"
        retry {
          max_tries: 1
          give_up: RETRY_TOPIC
          topic { name: "doctor-retry-later" delay: "10m" }
        }
      })";
  ASSERT_THAT(pipeline.client().CreateTopic("doctor-retry-later", 1,
                                            {{"retention.ms", "60000"}}),
              IsOk());
  ASSERT_THAT(pipeline.client().CreateTopic("doctor-retry-dead", 1,
                                            {{"retention.ms", "86400000"},
                                             {"cleanup.policy", "compact"}}),
              IsOk());
  const InspectResult lost = Inspect(pipeline, {"doctor"});
  EXPECT_EQ(lost.code, 11);
  EXPECT_THAT(
      lost.out,
      AllOf(HasSubstr("FAIL  retry topic: topic doctor-retry-later: kept for "),
            HasSubstr("--entity-name doctor-retry-later --add-config "
                      "retention.ms=-1\n"),
            HasSubstr("FAIL  dead letters: topic doctor-retry-dead: it is "
                      "compacted")));
  for (const std::string topic : {"doctor-retry-later", "doctor-retry-dead"}) {
    ASSERT_THAT(
        pipeline.client().AlterTopicConfig(topic, "cleanup.policy", "delete"),
        IsOk());
    ASSERT_THAT(pipeline.client().AlterTopicConfig(topic, "retention.ms", "-1"),
                IsOk());
  }
  const InspectResult kept = Inspect(pipeline, {"doctor"});
  EXPECT_EQ(kept.code, 0) << kept.out << kept.err;
  EXPECT_THAT(kept.out, AllOf(HasSubstr("OK    retry topic: "),
                              HasSubstr("OK    dead letters: ")));
}

TEST(InspectDoctorTest, ATopicThatIsMissingAndATimeAhead) {
  BrokerPipeline pipeline("doctor-ahead", 1);
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  Record ahead;
  ahead.key = "key";
  ahead.value = "1";
  ahead.timestamp_ms = absl::ToUnixMillis(absl::Now() + absl::Minutes(30));
  ASSERT_THAT((*writer)->Write(pipeline.input(), {ahead}), IsOk());
  const InspectResult clock = Inspect(pipeline, {"doctor"});
  EXPECT_EQ(clock.code, 0) << clock.out << clock.err;
  EXPECT_THAT(clock.out, HasSubstr("WARN  clock: partition 0, offset 0"));
  const InspectResult missing =
      Inspect(pipeline, {"doctor", "--results_topic=doctor-no-such"});
  EXPECT_EQ(missing.code, 11);
  EXPECT_THAT(missing.out, HasSubstr("\"doctor-no-such\" does not exist"));
}

}  // namespace
}  // namespace exactmean
