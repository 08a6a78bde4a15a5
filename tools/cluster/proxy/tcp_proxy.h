// A TCP proxy on loopback whose network can be cut, stalled, slowed and made to
// lose: trouble between clients and one broker, without root.

#ifndef EXACTMEAN_TOOLS_CLUSTER_PROXY_TCP_PROXY_H_
#define EXACTMEAN_TOOLS_CLUSTER_PROXY_TCP_PROXY_H_

#include <condition_variable>  // NOLINT(build/c++11)
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>   // NOLINT(build/c++11)
#include <thread>  // NOLINT(build/c++11)

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/cluster/proxy/tcp_relay.h"

namespace exactmean {

// Listens on a port of 127.0.0.1 for as long as it lives and relays each
// connection to the target's port, by the rule that holds now. A thread of its
// own does the work; all methods are thread-safe.
class TcpProxy {
 public:
  static absl::StatusOr<std::unique_ptr<TcpProxy>> Start();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;
  // Resets all connections.
  ~TcpProxy();

  int port() const { return port_; }

  // For connections from now on; before the first call they are reset.
  void SetTarget(int port);

  // Holds when it returns. Connections that lost bytes under the rule before
  // are reset.
  void SetRule(const ProxyRule& rule);

  ProxyCounts Counts();

 private:
  TcpProxy(int listener, int wake, int port);

  void Wake();
  void Loop();
  // False: the end was asked for.
  bool TakeOrders();
  // Waits, then serves what came.
  void Turn();
  void Accept();

  const int listener_;
  const int wake_;  // eventfd
  const int port_;

  // The loop's own.
  ProxyRule rule_;
  std::list<TcpRelay> relays_;

  std::mutex mutex_;
  std::condition_variable taken_;
  ProxyRule wanted_rule_;  // guarded by mutex_, as all below
  bool rule_is_taken_ = true;
  bool ending_ = false;
  int target_ = 0;
  ProxyCounts counts_;

  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_PROXY_TCP_PROXY_H_
