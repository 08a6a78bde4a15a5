// Topics described and created, and how failures are said.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/testing/broker_fixture.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

constexpr absl::Duration kTimeout = absl::Seconds(20);

using AdminBrokerTest = BrokerTest;

TEST_F(AdminBrokerTest, CreatesAndDescribes) {
  const auto admin = KafkaAdmin::Create(options_);
  ASSERT_THAT(admin, IsOk());
  EXPECT_THAT((*admin)->CountBrokers(kTimeout), IsOkAndHolds(1));
  EXPECT_THAT((*admin)->DescribeTopic(results(), kTimeout),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(results())));
  NewTopic topic;
  topic.name = results();
  topic.partitions = 3;
  topic.configs = {{"cleanup.policy", "compact"}};
  ASSERT_THAT((*admin)->CreateTopic(topic, kTimeout), IsOk());
  const auto described = (*admin)->DescribeTopic(results(), kTimeout);
  ASSERT_THAT(described, IsOk());
  EXPECT_EQ(described->partitions, 3);
  EXPECT_EQ(described->replication_factor, 1);
  EXPECT_EQ(described->in_sync, 1);
  const auto configs = (*admin)->TopicConfigs(results(), kTimeout);
  ASSERT_THAT(configs, IsOk());
  EXPECT_EQ(configs->at("cleanup.policy"), "compact");
  EXPECT_EQ(configs->count("max.message.bytes"), 1u);
  EXPECT_THAT((*admin)->CreateTopic(topic, kTimeout),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(AdminBrokerTest, WhatTheBrokerRefusesIsNamed) {
  const auto admin = KafkaAdmin::Create(options_);
  ASSERT_THAT(admin, IsOk());
  NewTopic topic;
  topic.name = results();
  topic.configs = {{"cleanup.policy", "sometimes"}};
  EXPECT_THAT((*admin)->CreateTopic(topic, kTimeout),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(results()), HasSubstr("sometimes"))));
  topic.configs.clear();
  topic.replication_factor = 7;
  EXPECT_THAT((*admin)->CreateTopic(topic, kTimeout),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AdminBrokerTest, BrokersTellTheirConfiguration) {
  const auto admin = KafkaAdmin::Create(options_);
  ASSERT_THAT(admin, IsOk());
  const auto brokers = (*admin)->Brokers(kTimeout);
  ASSERT_THAT(brokers, IsOk());
  ASSERT_EQ(brokers->size(), 1u);
  const auto configs = (*admin)->BrokerConfigs((*brokers)[0], kTimeout);
  ASSERT_THAT(configs, IsOk());
  EXPECT_EQ(configs->count("transaction.max.timeout.ms"), 1u);
  EXPECT_EQ(configs->count("offsets.retention.minutes"), 1u);
}

TEST_F(AdminBrokerTest, AGroupWithItsMembers) {
  CreateTopics(3);
  const auto admin = KafkaAdmin::Create(options_);
  ASSERT_THAT(admin, IsOk());
  const auto none = (*admin)->DescribeGroup(options_.application_id, kTimeout);
  ASSERT_THAT(none, IsOk());
  EXPECT_THAT(none->members, IsEmpty());
  EXPECT_EQ(none->state, "Dead");

  options_.static_membership = true;
  auto log = KafkaInputLog::Create(options_);
  ASSERT_THAT(log, IsOk());
  HeldPartitions held;
  ASSERT_THAT((*log)->Subscribe(&held), IsOk());
  ASSERT_TRUE(PollUntil(
      log->get(), [](const LogRecord&) {},
      [&] { return held.held.size() == 3; }));
  ASSERT_TRUE(Eventually([&] {
    const auto found =
        (*admin)->DescribeGroup(options_.application_id, kTimeout);
    return found.ok() && found->state == "Stable" &&
           found->members.size() == 1 &&
           found->members[0].partitions.size() == 3;
  }));
  const auto found = (*admin)->DescribeGroup(options_.application_id, kTimeout);
  ASSERT_THAT(found, IsOk());
  const GroupMember& member = found->members[0];
  EXPECT_EQ(member.instance, options_.instance_id);
  EXPECT_THAT(member.host, Not(IsEmpty()));
  EXPECT_THAT(member.partitions, Contains(Pair(input(), 2)));
}

TEST_F(AdminBrokerTest, NobodyThere) {
  options_.bootstrap_servers = "127.0.0.1:1";
  const auto admin = KafkaAdmin::Create(options_);
  ASSERT_THAT(admin, IsOk());
  EXPECT_THAT((*admin)->CountBrokers(absl::Milliseconds(300)),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("no broker of 127.0.0.1:1"),
                             HasSubstr("Connection refused"))));
}

}  // namespace
}  // namespace exactmean
