// What an operator meets first, of the shipped binary: --check and
// --create_topics, a configuration, topics or brokers that will not do, and a
// bad record.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"
#include "tools/cluster/free_ports.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Runs to its end: `exit_code`, having said all of `texts`.
void ExpectEnds(BrokerPipeline* pipeline, const std::vector<std::string>& flags,
                int exit_code, const std::vector<std::string>& texts) {
  const auto instance = pipeline->Start("a", flags);
  ASSERT_THAT(instance, IsOk());
  const auto exit = (*instance)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), exit_code) << (*instance)->Log();
  for (const std::string& text : texts) {
    EXPECT_THAT((*instance)->Log(), HasSubstr(text));
  }
}

TEST(ConfigTest, CreateTopicsThenCheck) {
  BrokerPipeline pipeline("create", 3);
  pipeline.extra_config =
      R"(results { topic: "new-out" } updates { topic: "new-updates" })";
  const std::vector<std::string> missing = {"topic \"new-out\" does not exist",
                                            "topic \"new-updates\" does not",
                                            "Mend: exactmean --config=FILE "
                                            "--create_topics"};
  ExpectEnds(&pipeline, {"--check"}, 2, missing);
  ExpectEnds(&pipeline, {}, 2, missing);
  ExpectEnds(&pipeline, {"--create_topics"}, 0,
             {"created topic \"new-out\" with 3 partitions",
              "created topic \"new-updates\" with 3 partitions"});
  ExpectEnds(&pipeline, {"--check"}, 0,
             {"ok: input \"create-in\" with 3 partitions"});
  ExpectEnds(&pipeline, {"--create_topics"}, 0,
             {"topic \"new-out\" exists already",
              "topic \"new-updates\" exists already"});
}

TEST(ConfigTest, NoInput) {
  BrokerPipeline pipeline("noinput", 1);
  pipeline.extra_config = R"(input { topic: "slip" })";
  for (const std::string flag : {"--check", "--create_topics", "--check=no"}) {
    ExpectEnds(&pipeline, {flag}, 2,
               {"topic \"slip\" does not exist", "check input.topic"});
  }
}

TEST(ConfigTest, ResultsThatKafkaMayDelete) {
  BrokerPipeline pipeline("deletes", 1);
  for (const std::string policy : {"delete", "compact,delete"}) {
    const std::string topic = absl::StrCat("deletes-", policy.size());
    ASSERT_THAT(
        pipeline.client().CreateTopic(topic, 1, {{"cleanup.policy", policy}}),
        IsOk());
    pipeline.extra_config = absl::StrCat("results { topic: \"", topic, "\" }");
    for (const std::string flag : {"--check", "--check=no"}) {
      ExpectEnds(&pipeline, {flag}, 2,
                 {absl::StrCat("results topic \"", topic,
                               "\" has cleanup.policy=", policy),
                  "--add-config cleanup.policy=compact"});
    }
  }
}

TEST(ConfigTest, ResultsOfAnotherNumberOfPartitions) {
  BrokerPipeline pipeline("counts", 2);
  BrokerPipeline other("counts3", 3);
  pipeline.extra_config = R"(results { topic: "counts3-out" })";
  for (const std::string flag : {"--check", "--create_topics", "--check=no"}) {
    ExpectEnds(&pipeline, {flag}, 2,
               {"results topic \"counts3-out\" has 3 partitions, the input 2",
                "they must be equal"});
  }
}

TEST(ConfigTest, MistakesInTheConfiguration) {
  BrokerPipeline pipeline("mistakes", 1);
  pipeline.extra_config = "window { name: \"w\" count { sise: 3 } }";
  ExpectEnds(&pipeline, {}, 2,
             {"--config_override:1:28", "sise", "did you mean size?"});
  pipeline.extra_config = "grace: \"1 fortnight\" application_id: \"a b\"";
  ExpectEnds(&pipeline, {}, 2,
             {"mistakes.textproto", "grace: ", "application_id: "});
  pipeline.extra_config =
      R"(kafka { property { key: "isolation.level" value: "x" } })";
  ExpectEnds(&pipeline, {}, 2, {"isolation.level"});
  pipeline.extra_config = "";
  ExpectEnds(&pipeline, {"--config=/no/such/file"}, 2,
             {"cannot read /no/such/file: No such file"});
}

TEST(ConfigTest, NoBrokerAnswers) {
  BrokerPipeline pipeline("nobody", 1);
  pipeline.extra_config = R"(kafka { unreachable_deadline: "2s" })";
  const auto ports = FreePorts(1);
  ASSERT_THAT(ports, IsOk());
  const std::string servers = absl::StrCat("127.0.0.1:", ports->front());
  for (const std::string flag : {"--check", "--create_topics", "--check=no"}) {
    ExpectEnds(&pipeline, {flag, "--bootstrap_servers=" + servers}, 6,
               {"no broker of " + servers});
  }
}

TEST(ConfigTest, ABadRecordStopsAndSkipGoesOn) {
  BrokerPipeline pipeline("poison", 1);
  constexpr int kBefore = 30;
  for (int i = 0; i < kBefore; ++i) {
    ASSERT_THAT(pipeline.ProduceOne(Partition(0), "key", absl::StrCat(i)),
                IsOk());
  }
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "key", "poison"), IsOk());
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "key", "1"), IsOk());
  // The commit before it is the one that the bad record causes; at a restart
  // there is nothing left to commit.
  pipeline.extra_config =
      R"(on_bad_record: STOP commit { interval: "1m" transaction_timeout: "10m" })";
  for (int run = 0; run < 2; ++run) {
    ExpectEnds(&pipeline, {}, 3,
               {"topic \"poison-in\", partition 0, offset 30", "\"poison\"",
                "set on_bad_record: SKIP"});
    EXPECT_THAT(pipeline.CheckHistory(), IsOk());
    const auto committed =
        pipeline.client().CommittedOffset("poison", "poison-in", Partition(0));
    ASSERT_THAT(committed, IsOk());
    EXPECT_EQ(*committed, Offset(kBefore));
  }
  pipeline.extra_config = "on_bad_record: SKIP";
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  EXPECT_THAT(pipeline.AwaitDrained(), IsOk()) << (*instance)->Log();
  const auto checkpoint = pipeline.Checkpoint(Partition(0));
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_EQ(checkpoint->dispositions().applied(), kBefore + 1u);
  EXPECT_EQ(checkpoint->dispositions().skipped(), 1u);
}

}  // namespace
}  // namespace exactmean
