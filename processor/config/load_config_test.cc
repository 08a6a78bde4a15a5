// Tests of loading settings: defaults, overrides, checks and secrets.

#include "processor/config/load_config.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/bad_record_policy.h"
#include "processor/config/settings.h"
#include "processor/decoder/source_spec.h"
#include "processor/input_position.h"
#include "processor/kafka/options.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

// All that is required.
constexpr char kLeast[] = R"(
    application_id: "averages"
    kafka { bootstrap_servers: "broker:9092" }
    input { topic: "prices" number { } }
    results { topic: "averages" }
    window { name: "all" cumulative { } })";

absl::StatusOr<Settings> Load(std::vector<std::string> overrides) {
  ConfigArgs args;
  args.instance_id = "test";
  args.overrides = {kLeast};
  args.overrides.insert(args.overrides.end(), overrides.begin(),
                        overrides.end());
  return LoadSettings(args);
}

// What is wrong with kLeast and `text` over it.
std::string ProblemOf(absl::string_view text) {
  const absl::StatusOr<Settings> settings = Load({std::string(text)});
  EXPECT_THAT(settings, StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  return std::string(settings.status().message());
}

TEST(LoadSettingsTest, Defaults) {
  const absl::StatusOr<Settings> settings = Load({});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->application_id, "averages");
  EXPECT_EQ(settings->instance_id, "test");
  EXPECT_EQ(settings->bootstrap_servers, "broker:9092");
  EXPECT_TRUE(settings->properties.empty());
  EXPECT_EQ(settings->unreachable_deadline, absl::Seconds(60));
  EXPECT_EQ(settings->input_topic, "prices");
  EXPECT_EQ(settings->source.format, SourceSpec::Format::kNumber);
  EXPECT_EQ(ToString(settings->start), "earliest");
  EXPECT_EQ(settings->results_topic, "averages");
  EXPECT_EQ(settings->replication_factor, 0);
  EXPECT_EQ(settings->updates_topic, "");
  EXPECT_EQ(settings->state.source, Describe(settings->source));
  EXPECT_EQ(settings->state.windows.size(), 1u);
  EXPECT_EQ(settings->state.grace_us, absl::nullopt);
  EXPECT_EQ(settings->state.idle_key_ttl_us, absl::nullopt);
  EXPECT_EQ(settings->on_bad_record, BadRecordPolicy::kStop);
  EXPECT_EQ(settings->commit_interval, absl::Milliseconds(100));
  EXPECT_EQ(settings->commit_max_records, 200000u);
  EXPECT_EQ(settings->transaction_timeout, absl::Seconds(15));
  EXPECT_EQ(settings->workers, 1);
  EXPECT_TRUE(settings->static_membership);
  EXPECT_EQ(settings->assignor, Assignor::kRange);
  EXPECT_EQ(settings->session_timeout, absl::Seconds(10));
}

TEST(LoadSettingsTest, EverythingSet) {
  const absl::StatusOr<Settings> settings = Load({R"(
      kafka { property { key: "client.rack" value: "r1" }
              unreachable_deadline: "5m" }
      input { json { value: "/v" } start: "latest"
              event_time { field: "/t" format: EPOCH_MILLIS } }
      results { replication_factor: 3 }
      updates { topic: "changes" }
      grace: "0" idle_key_ttl: "90d" on_bad_record: SKIP workers: 4
      commit { interval: "0" max_records: 1 transaction_timeout: "1m" }
      group { membership: DYNAMIC assignor: COOPERATIVE_STICKY session_timeout: "45s" })"});
  ASSERT_THAT(settings, IsOk());
  EXPECT_THAT(settings->properties, ElementsAre(Pair("client.rack", "r1")));
  EXPECT_TRUE(settings->from_environment.empty());
  EXPECT_EQ(settings->unreachable_deadline, absl::Minutes(5));
  EXPECT_EQ(settings->source.format, SourceSpec::Format::kJson);
  EXPECT_EQ(settings->source.time_format, TimeFormat::kEpochMillis);
  EXPECT_EQ(settings->state.source, Describe(settings->source));
  EXPECT_EQ(ToString(settings->start), "latest");
  EXPECT_EQ(settings->replication_factor, 3);
  EXPECT_EQ(settings->updates_topic, "changes");
  EXPECT_EQ(settings->state.grace_us, 0);
  EXPECT_EQ(settings->state.idle_key_ttl_us, 7776000000000);
  EXPECT_EQ(settings->on_bad_record, BadRecordPolicy::kSkip);
  EXPECT_EQ(settings->workers, 4);
  EXPECT_EQ(settings->commit_interval, absl::ZeroDuration());
  EXPECT_EQ(settings->commit_max_records, 1u);
  EXPECT_EQ(settings->transaction_timeout, absl::Minutes(1));
  EXPECT_FALSE(settings->static_membership);
  EXPECT_EQ(settings->assignor, Assignor::kCooperativeSticky);
  EXPECT_EQ(settings->session_timeout, absl::Seconds(45));
}

TEST(LoadSettingsTest, LaterOverridesWin) {
  const absl::StatusOr<Settings> settings =
      Load({"workers: 4 on_bad_record: SKIP input { start: \"2026-11-21\" }",
            "on_bad_record: STOP input { start: \"earliest\" }",
            "window { name: \"a\" count { size: 3 } }"});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->workers, 4);
  EXPECT_EQ(settings->on_bad_record, BadRecordPolicy::kStop);
  EXPECT_EQ(ToString(settings->start), "earliest");
  ASSERT_EQ(settings->state.windows.size(), 1u);
  EXPECT_EQ(settings->state.windows[0].name, "a");
}

TEST(LoadSettingsTest, OverridesThatDoNotParseAreNamed) {
  EXPECT_THAT(
      Load({"workers: 2", "wrkers: 3"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "--config_override:1:1: no field named wrkers in Config: did "
               "you mean workers?"));
}

TEST(LoadSettingsTest, EachRuleOnItsOwn) {
  const struct {
    absl::string_view text;
    absl::string_view problem;
  } kCases[] = {
      {"application_id: \"\"", "application_id: required"},
      {"application_id: \"a/b\"",
       "application_id: \"a/b\" must be made of letters, digits and ._-"},
      {"kafka { bootstrap_servers: \"\" }",
       "kafka.bootstrap_servers: required, here or by --bootstrap_servers"},
      {"kafka { bootstrap_servers: \" \" }",
       "kafka.bootstrap_servers: must be host:port[,host:port...]"},
      {"kafka { property { key: \"\" value: \"x\" } }",
       "kafka.property \"\": key is required"},
      {"kafka { unreachable_deadline: \"0\" }",
       "kafka.unreachable_deadline: must be 1s to 7d, is 0"},
      {"input { topic: \"\" }", "input.topic: required"},
      {"input { json { } }", "input.json.value: required"},
      {"input { start: \"now\" }", "input.start: must be earliest, latest"},
      {"results { topic: \"a b\" }", "results.topic: \"a b\" must be"},
      {"results { topic: \"prices\" }",
       "results.topic: must not be the topic of input"},
      {"results { replication_factor: -1 }",
       "results.replication_factor: must be 1 to 32767, or left out, is -1"},
      {"updates { }", "updates.topic: required"},
      {"updates { topic: \"prices\" }",
       "updates.topic: must not be the topic of input"},
      {"updates { topic: \"averages\" }",
       "updates.topic: must not be the topic of results"},
      {"window { name: \"w\" }", "window[0] (\"w\"): needs one of count"},
      {"grace: \"36501d\"", "grace: \"36501d\" is no duration: it is longer"},
      {"idle_key_ttl: \"0\"", "idle_key_ttl: must be 1us to 36500d, is 0"},
      {"on_bad_record: 9", "on_bad_record: has an unknown value"},
      {"workers: 65", "workers: must be 1 to 64, is 65"},
      {"commit { interval: \"8s\" }",
       "commit.transaction_timeout: must be at least twice the "
       "commit.interval of 8s, is 15s"},
      {"commit { interval: \"8m\" transaction_timeout: \"15m\" }",
       "commit.interval: must be 0 to 7m30s, is 8m"},
      {"commit { transaction_timeout: \"16m\" }",
       "commit.transaction_timeout: must be 1s to 15m, is 16m"},
      {"commit { transaction_timeout: \"999ms\" }",
       "commit.transaction_timeout: must be 1s to 15m, is 999ms"},
      {"group { membership: 2 }", "group.membership: has an unknown value"},
      {"group { assignor: 2 }", "group.assignor: has an unknown value"},
      {"group { session_timeout: \"500ms\" }",
       "group.session_timeout: must be 1s to 30m, is 500ms"},
      {"group { session_timeout: \"31m\" }",
       "group.session_timeout: must be 1s to 30m, is 31m"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ProblemOf(c.text),
                HasSubstr(absl::StrCat("configuration: ", c.problem)))
        << c.text;
  }
}

TEST(LoadSettingsTest, ReportsAllProblemsAtOnce) {
  ConfigArgs args;
  args.instance_id = "a b";
  args.overrides = {"workers: 99"};
  const absl::StatusOr<Settings> settings = LoadSettings(args);
  ASSERT_THAT(settings, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(settings.status().message(),
            "configuration has 8 problems:\n"
            "  application_id: required\n"
            "  --instance_id: \"a b\" must be made of letters, digits and ._-\n"
            "  kafka.bootstrap_servers: required, here or by "
            "--bootstrap_servers\n"
            "  input.topic: required\n"
            "  results.topic: required\n"
            "  input: needs one of json, csv and number: how the number is "
            "found in a record's value\n"
            "  window: at least one is required\n"
            "  workers: must be 1 to 64, is 99");
}

TEST(LoadSettingsTest, BootstrapServersOfTheCommandLineWin) {
  ConfigArgs args;
  args.instance_id = "test";
  args.overrides = {kLeast};
  args.bootstrap_servers = "other:1,another:2";
  absl::StatusOr<Settings> settings = LoadSettings(args);
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->bootstrap_servers, "other:1,another:2");
  args.bootstrap_servers = ",";
  EXPECT_THAT(LoadSettings(args),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "configuration: --bootstrap_servers: must be "
                       "host:port[,host:port...]"));
}

TEST(LoadSettingsTest, InstanceIdIsTheHostsName) {
  ConfigArgs args;
  args.overrides = {kLeast};
  const absl::StatusOr<Settings> settings = LoadSettings(args);
  ASSERT_THAT(settings, IsOk());
  char name[256];
  ASSERT_EQ(gethostname(name, sizeof(name)), 0);
  EXPECT_EQ(settings->instance_id, name);
}

TEST(LoadSettingsTest, EnvironmentFillsInProperties) {
  setenv("EXACTMEAN_TEST_PASSWORD", "hunter2", 1);
  setenv("EXACTMEAN_TEST_HOST", "kafka-1", 1);
  const absl::StatusOr<Settings> settings = Load({R"(kafka {
      bootstrap_servers: "${env:EXACTMEAN_TEST_HOST}:9092"
      property { key: "x" value: "<${env:EXACTMEAN_TEST_PASSWORD}>" }
      property { key: "y" value: "plain" } })"});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->bootstrap_servers, "kafka-1:9092");
  EXPECT_THAT(settings->properties,
              UnorderedElementsAre(Pair("x", "<hunter2>"), Pair("y", "plain")));
  EXPECT_THAT(settings->from_environment, ElementsAre("x"));
  EXPECT_THAT(DescribeSettings(*settings), Not(HasSubstr("hunter2")));
}

TEST(LoadSettingsTest, MissingVariablesAreNamedAndValuesAreNot) {
  unsetenv("EXACTMEAN_TEST_UNSET");
  const std::string problem = ProblemOf(R"(kafka {
      bootstrap_servers: "${env:EXACTMEAN_TEST_UNSET}"
      property { key: "a" value: "hunter2${env:EXACTMEAN_TEST_UNSET}" }
      property { key: "b" value: "hunter2${file:x}" } })");
  EXPECT_THAT(
      problem,
      AllOf(HasSubstr("kafka.bootstrap_servers: environment variable "
                      "EXACTMEAN_TEST_UNSET is not set"),
            HasSubstr("kafka.property \"a\": environment variable "
                      "EXACTMEAN_TEST_UNSET is not set"),
            HasSubstr("kafka.property \"b\": \"${\" must begin an environment "
                      "variable"),
            Not(HasSubstr("hunter2"))));
}

TEST(LoadSettingsTest, FilesAreNamedInErrors) {
  ConfigArgs args;
  args.instance_id = "test";
  args.path = absl::StrCat(testing::TempDir(), "/load_config_test.textproto");
  std::ofstream(args.path) << kLeast << "\nworkers: 65\n";
  EXPECT_THAT(LoadSettings(args),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       EndsWith("/load_config_test.textproto: workers: must be "
                                "1 to 64, is 65")));
  std::ofstream(args.path) << kLeast << "\nwrkers: 65\n";
  EXPECT_THAT(
      LoadSettings(args),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("/load_config_test.textproto:7:1: no field named")));
  args.path += ".none";
  EXPECT_THAT(LoadSettings(args),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       EndsWith("No such file or directory")));
}

}  // namespace
}  // namespace exactmean
