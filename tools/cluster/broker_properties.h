// The server.properties of each node of a local cluster: Kafka's defaults but
// for what tests, old timestamps and one small machine need.

#ifndef EXACTMEAN_TOOLS_CLUSTER_BROKER_PROPERTIES_H_
#define EXACTMEAN_TOOLS_CLUSTER_BROKER_PROPERTIES_H_

#include <string>
#include <utility>
#include <vector>

namespace exactmean {

// Where a node listens, on 127.0.0.1.
struct NodePorts {
  int client = 0;
  int controller = 0;
  // Where clients are told to go instead of `client`: a proxy's port, say. Not
  // 0: the brokers talk to one another on `internal`, past it.
  int advertised = 0;
  int internal = 0;
  std::vector<int> listeners;  // of the additional ones, in their order
};

// One more way in for clients, beside PLAINTEXT. What it needs (users, keys) is
// given by properties that begin with "listener.name.", its name in lower case
// and a dot.
struct ExtraListener {
  std::string name;      // as "SASL"
  std::string protocol;  // Kafka's: SSL, SASL_PLAINTEXT or SASL_SSL
};

// "127.0.0.1:PORT" of each node, separated by commas, as clients take it.
std::string BootstrapServers(const std::vector<NodePorts>& nodes);
// The same for clients that go past what is advertised.
std::string InternalServers(const std::vector<NodePorts>& nodes);

// The properties of `nodes[index]`, which has node id index + 1 and keeps its
// data in `log_dir`. Every node is both broker and controller. `overrides` are
// added, or replace a property set here; the last one of a name holds.
// REQUIRES: each node has a port for each of `listeners`.
std::string BrokerProperties(
    const std::vector<NodePorts>& nodes, int index, const std::string& log_dir,
    const std::vector<std::pair<std::string, std::string>>& overrides,
    const std::vector<ExtraListener>& listeners = {});

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_BROKER_PROPERTIES_H_
