// Whose property is whose, and what is written out.

#include "processor/kafka/properties.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

KafkaOptions Options() {
  KafkaOptions options;
  options.bootstrap_servers = "host:1";
  options.application_id = "app";
  options.instance_id = "one";
  options.transactional_id = "app-one-0";
  return options;
}

TEST(PropertiesTest, WhatGuaranteesRestOnIsRefusedByName) {
  for (const std::string name : {"bootstrap.servers",
                                 "metadata.broker.list",
                                 "group.id",
                                 "group.instance.id",
                                 "group.protocol",
                                 "partition.assignment.strategy",
                                 "session.timeout.ms",
                                 "enable.auto.commit",
                                 "auto.commit.enable",
                                 "enable.auto.offset.store",
                                 "auto.offset.reset",
                                 "isolation.level",
                                 "enable.partition.eof",
                                 "check.crcs",
                                 "allow.auto.create.topics",
                                 "transactional.id",
                                 "transaction.timeout.ms",
                                 "message.timeout.ms",
                                 "delivery.timeout.ms",
                                 "enable.idempotence",
                                 "acks",
                                 "request.required.acks",
                                 "queuing.strategy",
                                 "api.version.request",
                                 "broker.version.fallback",
                                 "plugin.library.paths",
                                 "log.queue",
                                 "test.mock.num.brokers",
                                 "test.mock.broker.rtt"}) {
    EXPECT_THAT(CheckUserProperties({{"linger.ms", "1"}, {name, "x"}}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("\"" + name + "\""),
                               HasSubstr("cannot be set: "))));
  }
}

TEST(PropertiesTest, SecurityAndTuningAreTheUsers) {
  EXPECT_THAT(CheckUserProperties({{"security.protocol", "ssl"},
                                   {"sasl.password", "secret"},
                                   {"fetch.message.max.bytes", "1000"},
                                   {"message.max.bytes", "2000000"},
                                   {"client.rack", "a"}}),
              IsOk());
}

TEST(PropertiesTest, UnsafePropertiesAreWarnedOf) {
  EXPECT_THAT(SecurityWarnings({}), IsEmpty());
  for (const char* name : {"sasl.mechanism", "sasl.mechanisms"}) {
    EXPECT_THAT(SecurityWarnings(
                    {{"security.protocol", "sasl_plaintext"}, {name, "PLAIN"}}),
                ElementsAre(HasSubstr("sends the password in clear")));
    EXPECT_THAT(
        SecurityWarnings({{"security.protocol", "SASL_SSL"}, {name, "PLAIN"}}),
        IsEmpty());
    EXPECT_THAT(SecurityWarnings({{"security.protocol", "SASL_PLAINTEXT"},
                                  {name, "SCRAM-SHA-256"}}),
                IsEmpty());
  }
  EXPECT_THAT(
      SecurityWarnings({{"security.protocol", "SSL"},
                        {"enable.ssl.certificate.verification", "false"},
                        {"ssl.endpoint.identification.algorithm", "none"}}),
      ElementsAre(HasSubstr("enable.ssl.certificate.verification"),
                  HasSubstr("ssl.endpoint.identification.algorithm")));
  EXPECT_THAT(
      SecurityWarnings({{"security.protocol", "SSL"},
                        {"enable.ssl.certificate.verification", "true"}}),
      IsEmpty());
}

TEST(PropertiesTest, TheUsersReplaceTuningOnly) {
  KafkaOptions options = Options();
  options.properties = {{"linger.ms", "77"}, {"acks", "0"}};  // unchecked
  const Properties properties =
      ClientProperties(options, ClientKind::kProducer);
  EXPECT_EQ(properties.at("linger.ms"), "77");
  EXPECT_EQ(properties.at("acks"), "all");
}

TEST(PropertiesTest, ExactlyOnceIsWrittenOut) {
  const KafkaOptions options = Options();
  const Properties producer = ClientProperties(options, ClientKind::kProducer);
  EXPECT_EQ(producer.at("transactional.id"), "app-one-0");
  EXPECT_EQ(producer.at("enable.idempotence"), "true");
  EXPECT_EQ(producer.at("transaction.timeout.ms"), "15000");
  for (const ClientKind kind :
       {ClientKind::kGroupMember, ClientKind::kReader, ClientKind::kPointReader,
        ClientKind::kWatermarks}) {
    const Properties consumer = ClientProperties(options, kind);
    EXPECT_EQ(consumer.at("isolation.level"), kind == ClientKind::kWatermarks
                                                  ? "read_uncommitted"
                                                  : "read_committed");
    EXPECT_EQ(consumer.at("auto.offset.reset"), "error");
    EXPECT_EQ(consumer.at("enable.auto.commit"), "false");
    EXPECT_EQ(consumer.at("enable.auto.offset.store"), "false");
  }
}

TEST(PropertiesTest, MembershipFollowsTheOptions) {
  KafkaOptions options = Options();
  Properties member = ClientProperties(options, ClientKind::kGroupMember);
  EXPECT_EQ(member.at("group.instance.id"), "one");
  EXPECT_EQ(member.at("partition.assignment.strategy"), "range");
  options.static_membership = false;
  options.assignor = Assignor::kCooperativeSticky;
  options.session_timeout = absl::Seconds(3);
  member = ClientProperties(options, ClientKind::kGroupMember);
  EXPECT_EQ(member.count("group.instance.id"), 0u);
  EXPECT_EQ(member.at("partition.assignment.strategy"), "cooperative-sticky");
  EXPECT_EQ(member.at("session.timeout.ms"), "3000");
  EXPECT_EQ(member.at("heartbeat.interval.ms"), "600");
  // Readers must not become members.
  EXPECT_EQ(ClientProperties(options, ClientKind::kPointReader)
                .count("session.timeout.ms"),
            0u);
}

}  // namespace
}  // namespace exactmean
