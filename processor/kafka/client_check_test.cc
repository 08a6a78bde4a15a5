// Properties that librdkafka takes one by one and refuses together.

#include "processor/kafka/client_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

KafkaOptions Options() {
  KafkaOptions options;
  options.bootstrap_servers = "127.0.0.1:1";
  options.application_id = "app";
  options.instance_id = "a-0";
  options.transactional_id = "app/a-0";
  options.input_topic = "in";
  options.results_topic = "out";
  return options;
}

TEST(CheckClientsTest, TheUsualOnesCanBeMade) {
  EXPECT_THAT(CheckClients(Options()), IsOk());
}

TEST(CheckClientsTest, WhatDoesNotGoTogetherIsRefused) {
  KafkaOptions options = Options();
  options.properties["fetch.max.bytes"] = "1000";
  EXPECT_THAT(CheckClients(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("fetch.max.bytes")));
  options = Options();
  options.properties["max.poll.interval.ms"] = "500";
  EXPECT_THAT(CheckClients(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("max.poll.interval.ms")));
}

TEST(CheckClientsTest, AValueFromTheEnvironmentIsNotShown) {
  KafkaOptions options = Options();
  options.properties["security.protocol"] = "topsecret";
  EXPECT_THAT(CheckClients(options),
              StatusIs(testing::_, HasSubstr("topsecret")));
  options.hidden.insert("security.protocol");
  EXPECT_THAT(CheckClients(options),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       Not(HasSubstr("topsecret"))));
}

}  // namespace
}  // namespace exactmean
