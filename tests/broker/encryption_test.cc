// The shipped binaries through TLS and passwords: with the right ones, and what
// they say, and how soon, with wrong ones.

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/secure_broker.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using On = TestAcl::On;

// A pipeline whose user is allowed all it needs, with `password` in the
// environment of what it starts.
std::unique_ptr<BrokerPipeline> MakePipeline(const std::string& name) {
  SecureKafka();
  auto pipeline = std::make_unique<BrokerPipeline>(name, 1);
  EXPECT_THAT(pipeline->client().SetScramPassword(kUser, kPassword), IsOk());
  EXPECT_THAT(
      pipeline->client().SetAcls(
          kPrincipal, {{On::kTopic, pipeline->input(), "READ"},
                       {On::kTopic, pipeline->results(), "READ"},
                       {On::kTopic, pipeline->results(), "WRITE"},
                       {On::kTopic, pipeline->results(), "DESCRIBE_CONFIGS"},
                       {On::kGroup, name, "READ"},
                       {On::kTransactionalIdPrefix, name + "/", "WRITE"}}),
      IsOk());
  return pipeline;
}

// exactmean-inspect with `arguments`, under `kafka`.
std::unique_ptr<RunningInstance> Inspect(const BrokerPipeline& pipeline,
                                         const std::string& kafka,
                                         const std::string& servers) {
  static int runs = 0;
  ++runs;
  const std::string config =
      absl::StrCat(::testing::TempDir(), "/inspect-", runs, ".textproto");
  std::ofstream(config) << "application_id: \"nobody\" input { topic: \"any\" "
                           "number {} } window { name: \"w\" cumulative {} } "
                           "results { topic: \""
                        << pipeline.results() << "\" } " << kafka;
  ProcessOptions options;
  options.stdout_path = options.stderr_path =
      absl::StrCat(::testing::TempDir(), "/inspect-", runs, ".log");
  auto process =
      Process::Start({"tools/inspect/exactmean-inspect", "list",
                      "--config=" + config, "--bootstrap_servers=" + servers},
                     options);
  EXPECT_THAT(process, IsOk());
  return std::make_unique<RunningInstance>(*std::move(process),
                                           options.stdout_path);
}

TEST(EncryptionTest, AllTheWay) {
  const auto pipeline = MakePipeline("tls");
  const std::string servers = SecureKafka().bootstrap_servers("TLS");
  const std::string kafka = KafkaConfig(TlsProperties());
  pipeline->extra_config = kafka;
  ASSERT_THAT(pipeline->Produce(100), IsOk());
  const auto instance =
      pipeline->Start("a", {"--bootstrap_servers=" + servers});
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline->AwaitDrained(), IsOk()) << (*instance)->Log();
  const auto exit = (*instance)->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok());
  EXPECT_THAT((*instance)->Log(), Not(HasSubstr(kPassword)));
  // Whoever may read the results needs nothing else to inspect them.
  ASSERT_THAT(pipeline->client().SetAcls(
                  kPrincipal, {{On::kTopic, pipeline->results(), "READ"}}),
              IsOk());
  const auto inspect = Inspect(*pipeline, kafka, servers);
  const auto inspected = inspect->AwaitExit();
  ASSERT_THAT(inspected, IsOk());
  EXPECT_EQ(inspected->ShellCode(), 0) << inspect->Log();
  EXPECT_THAT(inspect->Log(), HasSubstr("key1"));
}

// A broker that says no is believed (2); one that only hangs up may be in
// trouble (6).
struct Wrong {
  std::string listener;
  std::string host;
  KafkaProperties properties;
  std::string password;
  std::string says;
  int exit_code;
};

std::vector<Wrong> AllWrong() {
  const auto with = [](KafkaProperties properties, const std::string& name,
                       const std::string& value) {
    properties[name] = value;
    return properties;
  };
  const KafkaProperties sasl = SaslProperties(), tls = TlsProperties();
  const std::string here = "127.0.0.1";
  return {
      {"SASL", here, sasl, kWrongPassword, "Invalid username or password", 2},
      {"TLS", here, tls, kWrongPassword, "invalid credentials", 2},
      {"TLS", here, with(tls, "ssl.ca.location", WrongAuthority()), kPassword,
       "certificate could not be verified", 2},
      // The certificate is for the number.
      {"TLS", "localhost", tls, kPassword, "no TLS connection can be made", 2},
      {"SASL", here, tls, kPassword, "connecting to a PLAINTEXT broker", 6},
      {"TLS", here, with(tls, "security.protocol", "SASL_PLAINTEXT"), kPassword,
       "can be reached (security.protocol: SASL_PLAINTEXT)", 6},
  };
}

TEST(EncryptionTest, WhatIsWrongIsSaidSoon) {
  const auto pipeline = MakePipeline("wrong");
  struct Started {
    Wrong wrong;
    std::unique_ptr<RunningInstance> instance;
  };
  std::vector<Started> all;
  for (const Wrong& wrong : AllWrong()) {
    setenv(kPasswordVariable, wrong.password.c_str(), 1);
    const std::string kafka = KafkaConfig(wrong.properties);
    const std::string servers =
        absl::StrReplaceAll(SecureKafka().bootstrap_servers(wrong.listener),
                            {{"127.0.0.1", wrong.host}});
    pipeline->extra_config = kafka;
    for (const std::string flag :
         {"--check", "--create_topics", "--check=no"}) {
      auto instance =
          pipeline->Start("a", {flag, "--bootstrap_servers=" + servers});
      ASSERT_THAT(instance, IsOk());
      all.push_back({wrong, *std::move(instance)});
    }
    all.push_back({wrong, Inspect(*pipeline, kafka, servers)});
  }
  setenv(kPasswordVariable, kPassword, 1);
  for (const Started& started : all) {
    SCOPED_TRACE(started.wrong.says);
    const auto exit = started.instance->AwaitExit(absl::Seconds(30));
    ASSERT_THAT(exit, IsOk());
    const std::string log = started.instance->Log();
    EXPECT_EQ(exit->ShellCode(), started.wrong.exit_code) << log;
    EXPECT_THAT(log, HasSubstr(started.wrong.says));
    EXPECT_THAT(log, Not(HasSubstr(started.wrong.password)));
  }
}

TEST(EncryptionTest, ANameThatIsNotLookedAtIsWarnedOf) {
  const auto pipeline = MakePipeline("lax");
  KafkaProperties properties = TlsProperties();
  properties["ssl.endpoint.identification.algorithm"] = "none";
  pipeline->extra_config = KafkaConfig(properties);
  const std::string servers = absl::StrReplaceAll(
      SecureKafka().bootstrap_servers("TLS"), {{"127.0.0.1", "localhost"}});
  const auto instance =
      pipeline->Start("a", {"--check", "--bootstrap_servers=" + servers});
  ASSERT_THAT(instance, IsOk());
  const auto exit = (*instance)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_TRUE(exit->ok()) << (*instance)->Log();
  EXPECT_THAT((*instance)->Log(), HasSubstr("can pose as the broker"));
}

}  // namespace
}  // namespace exactmean
