// Topics described and created, and how failures are said.

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/kafka/admin.h"
#include "processor/kafka/testing/broker_fixture.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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
