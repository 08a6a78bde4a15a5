// A local Kafka with a TCP proxy in front of each broker: clients come through
// the proxies, the brokers talk to one another past them.

#ifndef EXACTMEAN_TOOLS_CLUSTER_PROXIED_KAFKA_H_
#define EXACTMEAN_TOOLS_CLUSTER_PROXIED_KAFKA_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/cluster/local_kafka.h"
#include "tools/cluster/proxy/tcp_proxy.h"

namespace exactmean {

// Owns brokers and proxies. As thread-safe as its parts.
class ProxiedKafka {
 public:
  // Errors are those of LocalKafka::Start.
  static absl::StatusOr<std::unique_ptr<ProxiedKafka>> Start(
      LocalKafkaOptions options);

  LocalKafka& kafka() { return *kafka_; }
  TcpProxy& proxy(int i) { return *proxies_.at(i); }

  // Through the proxies, and past them.
  std::string bootstrap_servers() const { return kafka_->bootstrap_servers(); }
  std::string internal_servers() const { return kafka_->internal_servers(); }

 private:
  using Proxies = std::vector<std::unique_ptr<TcpProxy>>;

  ProxiedKafka(Proxies proxies, std::unique_ptr<LocalKafka> kafka)
      : proxies_(std::move(proxies)), kafka_(std::move(kafka)) {}

  Proxies proxies_;
  std::unique_ptr<LocalKafka> kafka_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_PROXIED_KAFKA_H_
