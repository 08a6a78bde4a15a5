// Every setting that differs from Kafka's default, with the reason why.

#include "tools/cluster/broker_properties.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace exactmean {
namespace {

using PropertyMap = std::map<std::string, std::string>;

constexpr char kForever[] = "9223372036854775807";

void AddAddresses(const std::vector<NodePorts>& nodes, int index,
                  const std::vector<ExtraListener>& listeners, PropertyMap& p) {
  const NodePorts& own = nodes[index];
  // What comes after the port that clients use, wherever it is advertised.
  std::string others;
  std::string protocols = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT";
  for (size_t i = 0; i < listeners.size(); ++i) {
    absl::StrAppend(&others, ",", listeners[i].name,
                    "://127.0.0.1:", own.listeners.at(i));
    absl::StrAppend(&protocols, ",", listeners[i].name, ":",
                    listeners[i].protocol);
  }
  if (own.advertised != 0) {
    absl::StrAppend(&others, ",INTERNAL://127.0.0.1:", own.internal);
    absl::StrAppend(&protocols, ",INTERNAL:PLAINTEXT");
    p["inter.broker.listener.name"] = "INTERNAL";
  }
  const std::string client =
      absl::StrCat("PLAINTEXT://127.0.0.1:", own.client, others);
  p["advertised.listeners"] =
      absl::StrCat("PLAINTEXT://127.0.0.1:",
                   own.advertised != 0 ? own.advertised : own.client, others);
  p["listener.security.protocol.map"] = protocols;
  p["process.roles"] = "broker,controller";
  p["node.id"] = absl::StrCat(index + 1);
  p["listeners"] =
      absl::StrCat(client, ",CONTROLLER://127.0.0.1:", own.controller);
  p["controller.listener.names"] = "CONTROLLER";
  std::vector<std::string> voters;
  voters.reserve(nodes.size());
  for (const NodePorts& node : nodes) {
    voters.push_back(
        absl::StrCat(voters.size() + 1, "@127.0.0.1:", node.controller));
  }
  p["controller.quorum.voters"] = absl::StrJoin(voters, ",");
}

void AddReplication(int brokers, PropertyMap& p) {
  const std::string replicas = absl::StrCat(std::min(brokers, 3));
  const std::string in_sync = brokers >= 3 ? "2" : "1";
  p["default.replication.factor"] = replicas;
  p["min.insync.replicas"] = in_sync;
  p["offsets.topic.replication.factor"] = replicas;
  p["transaction.state.log.replication.factor"] = replicas;
  p["transaction.state.log.min.isr"] = in_sync;
  p["share.coordinator.state.topic.replication.factor"] = replicas;
  p["share.coordinator.state.topic.min.isr"] = in_sync;
}

// What makes tests quick and small machines enough.
void AddQuickTurns(PropertyMap& p) {
  p["offsets.topic.num.partitions"] = "4";
  p["transaction.state.log.num.partitions"] = "4";
  p["share.coordinator.state.topic.num.partitions"] = "4";
  p["num.network.threads"] = "2";
  p["num.io.threads"] = "4";
  p["group.initial.rebalance.delay.ms"] = "0";
  p["group.min.session.timeout.ms"] = "1000";
  // A crashed writer's transaction holds readers back until it is noticed.
  p["transaction.abort.timed.out.transaction.cleanup.interval.ms"] = "1000";
  // A killed broker is taken for alive, and cannot come back, for this long.
  p["broker.session.timeout.ms"] = "3000";
  p["broker.heartbeat.interval.ms"] = "500";
  p["log.cleaner.backoff.ms"] = "200";
  p["log.cleaner.dedupe.buffer.size"] = "8388608";  // not 128 MiB of heap
}

// Records may be as old as a share price of the year 2000, or ahead of us.
void AddAnyTimestamp(PropertyMap& p) {
  p["log.retention.ms"] = "-1";
  p["log.retention.bytes"] = "-1";
  p["log.message.timestamp.before.max.ms"] = kForever;
  p["log.message.timestamp.after.max.ms"] = kForever;
  // By time, years of records would roll a segment for each of their weeks.
  p["log.roll.ms"] = kForever;
}

}  // namespace

std::string BootstrapServers(const std::vector<NodePorts>& nodes) {
  return absl::StrJoin(nodes, ",", [](std::string* out, const NodePorts& node) {
    absl::StrAppend(out, "127.0.0.1:",
                    node.advertised != 0 ? node.advertised : node.client);
  });
}

std::string InternalServers(const std::vector<NodePorts>& nodes) {
  return absl::StrJoin(nodes, ",", [](std::string* out, const NodePorts& node) {
    absl::StrAppend(
        out, "127.0.0.1:", node.advertised != 0 ? node.internal : node.client);
  });
}

std::string BrokerProperties(
    const std::vector<NodePorts>& nodes, int index, const std::string& log_dir,
    const std::vector<std::pair<std::string, std::string>>& overrides,
    const std::vector<ExtraListener>& listeners) {
  PropertyMap properties;
  AddAddresses(nodes, index, listeners, properties);
  AddReplication(static_cast<int>(nodes.size()), properties);
  AddQuickTurns(properties);
  AddAnyTimestamp(properties);
  // A topic that a test did not make must be seen to be missing.
  properties["auto.create.topics.enable"] = "false";
  properties["log.dirs"] = log_dir;
  for (const auto& [name, value] : overrides) properties[name] = value;

  std::string text;
  for (const auto& [name, value] : properties) {
    absl::StrAppend(&text, name, "=",
                    absl::StrReplaceAll(value, {{"\\", "\\\\"}}), "\n");
  }
  return text;
}

}  // namespace exactmean
