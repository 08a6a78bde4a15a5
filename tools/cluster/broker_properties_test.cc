// One node, three nodes, and what may be changed.

#include "tools/cluster/broker_properties.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<NodePorts>& ThreeNodes() {
  static const auto* const nodes = new std::vector<NodePorts>{
      {11, 12, 0, 0, {}}, {21, 22, 0, 0, {}}, {31, 32, 0, 0, {}}};
  return *nodes;
}

TEST(BrokerPropertiesTest, OneNodeHasOneReplica) {
  EXPECT_EQ(BootstrapServers({{11, 12, 0, 0, {}}}), "127.0.0.1:11");
  EXPECT_THAT(BrokerProperties({{11, 12, 0, 0, {}}}, 0, "/data", {}),
              AllOf(HasSubstr("node.id=1\n"), HasSubstr("log.dirs=/data\n"),
                    HasSubstr("controller.quorum.voters=1@127.0.0.1:12\n"),
                    HasSubstr("offsets.topic.replication.factor=1\n"),
                    HasSubstr("transaction.state.log.replication.factor=1\n"),
                    HasSubstr("transaction.state.log.min.isr=1\n"),
                    HasSubstr("auto.create.topics.enable=false\n"),
                    HasSubstr("log.retention.ms=-1\n")));
}

TEST(BrokerPropertiesTest, ThreeNodesKeepTwoInSync) {
  EXPECT_EQ(BootstrapServers(ThreeNodes()),
            "127.0.0.1:11,127.0.0.1:21,127.0.0.1:31");
  EXPECT_THAT(
      BrokerProperties(ThreeNodes(), 2, "/data", {}),
      AllOf(HasSubstr("node.id=3\n"),
            HasSubstr("\nlisteners=PLAINTEXT://127.0.0.1:31,"
                      "CONTROLLER://127.0.0.1:32\n"),
            HasSubstr("advertised.listeners=PLAINTEXT://127.0.0.1:31\n"),
            HasSubstr("controller.quorum.voters=1@127.0.0.1:12,"
                      "2@127.0.0.1:22,3@127.0.0.1:32\n"),
            HasSubstr("transaction.state.log.replication.factor=3\n"),
            HasSubstr("transaction.state.log.min.isr=2\n"),
            HasSubstr("\nmin.insync.replicas=2\n")));
}

TEST(BrokerPropertiesTest, MoreListeners) {
  EXPECT_THAT(
      BrokerProperties({{11, 12, 0, 0, {13, 14}}}, 0, "/data", {},
                       {{"SASL", "SASL_PLAINTEXT"}, {"TLS", "SASL_SSL"}}),
      AllOf(HasSubstr("\nlisteners=PLAINTEXT://127.0.0.1:11,"
                      "SASL://127.0.0.1:13,TLS://127.0.0.1:14,"
                      "CONTROLLER://127.0.0.1:12\n"),
            HasSubstr("advertised.listeners=PLAINTEXT://127.0.0.1:11,"
                      "SASL://127.0.0.1:13,TLS://127.0.0.1:14\n"),
            HasSubstr("\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,"
                      "CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,"
                      "TLS:SASL_SSL\n")));
}

TEST(BrokerPropertiesTest, AdvertisesAProxyAndGoesPastIt) {
  const std::vector<NodePorts> nodes = {{11, 12, 13, 14, {}},
                                        {21, 22, 23, 24, {}}};
  EXPECT_EQ(BootstrapServers(nodes), "127.0.0.1:13,127.0.0.1:23");
  EXPECT_EQ(InternalServers(nodes), "127.0.0.1:14,127.0.0.1:24");
  EXPECT_EQ(InternalServers(ThreeNodes()), BootstrapServers(ThreeNodes()));
  EXPECT_THAT(
      BrokerProperties(nodes, 1, "/data", {}),
      AllOf(HasSubstr("\nlisteners=PLAINTEXT://127.0.0.1:21,"
                      "INTERNAL://127.0.0.1:24,CONTROLLER://127.0.0.1:22\n"),
            HasSubstr("advertised.listeners=PLAINTEXT://127.0.0.1:23,"
                      "INTERNAL://127.0.0.1:24\n"),
            HasSubstr("inter.broker.listener.name=INTERNAL\n")));
}

TEST(BrokerPropertiesTest, OverridesReplaceAndAdd) {
  EXPECT_THAT(
      BrokerProperties({{11, 12, 0, 0, {}}}, 0, "/data",
                       {{"num.io.threads", "9"},
                        {"num.partitions", "6"},
                        {"num.partitions", "7"},
                        {"sasl.jaas.config", "a\\b"}}),
      AllOf(
          HasSubstr("num.io.threads=9\n"), Not(HasSubstr("num.io.threads=4\n")),
          HasSubstr("num.partitions=7\n"), Not(HasSubstr("num.partitions=6\n")),
          // A backslash escapes in the file: doubled, it stands for itself.
          HasSubstr("sasl.jaas.config=a\\\\b\n")));
}

}  // namespace
}  // namespace exactmean
