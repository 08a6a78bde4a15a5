// Proxies first, as brokers advertise their ports.

#include "tools/cluster/proxied_kafka.h"

#include "absl/memory/memory.h"

namespace exactmean {

absl::StatusOr<std::unique_ptr<ProxiedKafka>> ProxiedKafka::Start(
    LocalKafkaOptions options) {
  Proxies proxies;
  for (int i = 0; i < options.brokers; ++i) {
    absl::StatusOr<std::unique_ptr<TcpProxy>> proxy = TcpProxy::Start();
    if (!proxy.ok()) return proxy.status();
    options.advertised_ports.push_back((*proxy)->port());
    proxies.push_back(*std::move(proxy));
  }
  absl::StatusOr<std::unique_ptr<LocalKafka>> kafka =
      LocalKafka::Start(std::move(options));
  if (!kafka.ok()) return kafka.status();
  for (int i = 0; i < (*kafka)->broker_count(); ++i) {
    proxies[i]->SetTarget((*kafka)->broker_port(i));
  }
  return absl::WrapUnique(
      new ProxiedKafka(std::move(proxies), *std::move(kafka)));
}

}  // namespace exactmean
