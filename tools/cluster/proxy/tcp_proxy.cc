// The listener and the loop over its connections.

#include "tools/cluster/proxy/tcp_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"

namespace exactmean {
namespace {

using Kind = ProxyRule::Kind;

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int NewSocket() {
  return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

// As brokers and clients have it: small requests go out at once.
void SetNoDelay(int fd) {
  const int yes = 1;
  (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

// A socket on its way to the port; whether it arrives shows later. -1: none.
int ConnectTo(int port) {
  const int fd = NewSocket();
  if (fd < 0) return -1;
  SetNoDelay(fd);
  sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) ==
          0 ||
      errno == EINPROGRESS) {
    return fd;
  }
  close(fd);
  return -1;
}

// The port, or 0.
int Listen(int fd) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, plain, size) != 0 || listen(fd, 256) != 0 ||
      getsockname(fd, plain, &size) != 0) {
    return 0;
  }
  return ntohs(address.sin_port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TcpProxy>> TcpProxy::Start() {
  const int listener = NewSocket();
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int port = listener >= 0 && wake >= 0 ? Listen(listener) : 0;
  if (port == 0) {
    const int error = errno;
    close(listener);
    close(wake);
    return absl::ErrnoToStatus(error, "a proxy's port on 127.0.0.1");
  }
  return absl::WrapUnique(new TcpProxy(listener, wake, port));
}

TcpProxy::TcpProxy(int listener, int wake, int port)
    : listener_(listener), wake_(wake), port_(port) {
  thread_ = std::thread(&TcpProxy::Loop, this);
}

TcpProxy::~TcpProxy() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  Wake();
  thread_.join();
  for (TcpRelay& relay : relays_) relay.Reset();
  relays_.clear();
  close(listener_);
  close(wake_);
}

void TcpProxy::Wake() {
  // Fails when it is awake already.
  (void)eventfd_write(wake_, 1);
}

void TcpProxy::SetTarget(int port) {
  std::lock_guard<std::mutex> lock(mutex_);
  target_ = port;
}

void TcpProxy::SetRule(const ProxyRule& rule) {
  std::unique_lock<std::mutex> lock(mutex_);
  wanted_rule_ = rule;
  rule_is_taken_ = false;
  Wake();
  taken_.wait(lock, [this] { return rule_is_taken_; });
}

ProxyCounts TcpProxy::Counts() {
  std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

void TcpProxy::Loop() {
  while (TakeOrders()) Turn();
}

bool TcpProxy::TakeOrders() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ending_) return false;
  if (rule_is_taken_) return true;
  rule_ = wanted_rule_;
  for (auto it = relays_.begin(); it != relays_.end();) {
    it->OnRuleChange();
    const bool is_cut = rule_.kind == Kind::kCut && it->Obeys(rule_);
    if (!is_cut && !it->HasHole()) {
      ++it;
      continue;
    }
    ++counts_.reset;
    it->Reset();
    it = relays_.erase(it);
  }
  rule_is_taken_ = true;
  taken_.notify_all();
  return true;
}

void TcpProxy::Turn() {
  absl::Time now = absl::Now();
  absl::Time due = absl::InfiniteFuture();
  std::vector<pollfd> polls(2 + 2 * relays_.size());
  polls[0] = {wake_, POLLIN, 0};
  // Nobody takes up what arrives at a stalled network.
  const bool is_all = !rule_.transactions_only;
  const bool is_stalled = rule_.kind == Kind::kStall && is_all;
  polls[1] = {is_stalled ? -1 : listener_, POLLIN, 0};
  size_t i = 2;
  for (const TcpRelay& relay : relays_) {
    relay.WaitFor(rule_, now, &polls[i]);
    // What is due already waits for its socket, not for the clock.
    if (relay.NextDue() > now) due = std::min(due, relay.NextDue());
    i += 2;
  }
  int timeout = -1;
  if (due < absl::InfiniteFuture() && !is_stalled) {
    timeout = static_cast<int>(absl::ToInt64Milliseconds(due - now)) + 1;
  }
  if (poll(polls.data(), polls.size(), timeout) < 0) return;  // interrupted

  eventfd_t ignored;
  if (polls[0].revents != 0) (void)eventfd_read(wake_, &ignored);
  std::lock_guard<std::mutex> lock(mutex_);
  now = absl::Now();
  i = 2;
  for (auto it = relays_.begin(); it != relays_.end(); i += 2) {
    it = it->Serve(rule_, now, &polls[i], &counts_) ? std::next(it)
                                                    : relays_.erase(it);
  }
  if (polls[1].revents != 0) Accept();
}

void TcpProxy::Accept() {
  const int client =
      accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;  // it has gone again
  ++counts_.accepted;
  SetNoDelay(client);
  const bool refused =
      (rule_.kind == Kind::kCut && !rule_.transactions_only) || target_ == 0;
  const int server = refused ? -1 : ConnectTo(target_);
  if (server >= 0) {
    relays_.emplace_back(client, server);
    return;
  }
  ++counts_.reset;
  const linger at_once = {1, 0};
  (void)setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(client);
}

}  // namespace exactmean
