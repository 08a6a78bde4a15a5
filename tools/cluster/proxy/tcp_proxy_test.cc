// Every rule of the proxy, with a server and a client that speak plain bytes.

#include "tools/cluster/proxy/tcp_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using Kind = ProxyRule::Kind;

constexpr absl::Duration kPatience = absl::Seconds(10);
// Long enough for what should not come.
constexpr absl::Duration kQuiet = absl::Milliseconds(150);

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }
  void Send(const std::string& bytes) const {
    EXPECT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // What arrives within `patience`, up to `size` bytes; "reset", "end" and
  // "quiet" are what else may happen.
  std::string Receive(size_t size, absl::Duration patience = kPatience) const {
    const timeval timeout = absl::ToTimeval(patience);
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    std::string bytes(size, '\0');
    const ssize_t n = recv(fd_, bytes.data(), size, MSG_WAITALL);
    if (n == 0) return "end";
    if (n < 0) return errno == ECONNRESET ? "reset" : "quiet";
    return bytes.substr(0, static_cast<size_t>(n));
  }

 private:
  int fd_;
};

class TcpProxyTest : public testing::Test {
 protected:
  TcpProxyTest() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_.fd(), plain, size), 0);
    EXPECT_EQ(listen(listener_.fd(), 16), 0);
    EXPECT_EQ(getsockname(listener_.fd(), plain, &size), 0);
    auto proxy = TcpProxy::Start();
    EXPECT_THAT(proxy, IsOk());
    proxy_ = *std::move(proxy);
    proxy_->SetTarget(ntohs(address.sin_port));
  }

  Socket Connect() const {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(proxy_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Socket client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(client.fd(), reinterpret_cast<sockaddr*>(&address),
                      sizeof(address)),
              0);
    return client;
  }
  Socket AcceptAtServer() const {
    return Socket(accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  void Rule(Kind kind, absl::Duration delay = {}, int64_t bytes = 0) {
    ProxyRule rule;
    rule.kind = kind;
    rule.delay = delay;
    rule.bytes = bytes;
    proxy_->SetRule(rule);
  }

  Socket listener_;
  std::unique_ptr<TcpProxy> proxy_;
};

TEST_F(TcpProxyTest, PassesBothWaysAndTheEnd) {
  Socket client = Connect();
  Socket server = AcceptAtServer();
  client.Send("ping");
  EXPECT_EQ(server.Receive(4), "ping");
  server.Send("pong");
  EXPECT_EQ(client.Receive(4), "pong");
  // More than any buffer between them.
  const std::string large(8 << 20, 'x');
  std::thread sender([&] { client.Send(large); });
  EXPECT_EQ(server.Receive(large.size()), large);
  sender.join();
  client = Socket(-1);
  EXPECT_EQ(server.Receive(1), "end");
  EXPECT_EQ(proxy_->Counts().passed_bytes, 8 + (8 << 20));
}

TEST_F(TcpProxyTest, WithoutATargetOrServerConnectionsAreClosed) {
  proxy_->SetTarget(0);
  EXPECT_EQ(Connect().Receive(1), "reset");
  auto other = TcpProxy::Start();
  ASSERT_THAT(other, IsOk());
  const int closed_port = (*other)->port();
  other->reset();
  proxy_->SetTarget(closed_port);
  const std::string end = Connect().Receive(1);
  EXPECT_TRUE(end == "end" || end == "reset") << end;
}

TEST_F(TcpProxyTest, ACutResetsWhatIsOpenAndWhatComes) {
  const Socket client = Connect();
  const Socket server = AcceptAtServer();
  Rule(Kind::kCut);
  EXPECT_EQ(client.Receive(1), "reset");
  EXPECT_EQ(server.Receive(1), "reset");
  EXPECT_EQ(Connect().Receive(1), "reset");
  Rule(Kind::kPass);
  const Socket again = Connect();
  again.Send("hello");
  EXPECT_EQ(AcceptAtServer().Receive(5), "hello");
  EXPECT_EQ(proxy_->Counts().reset, 2);
}

TEST_F(TcpProxyTest, AStallHoldsEverythingAndLosesNothing) {
  const Socket client = Connect();
  const Socket server = AcceptAtServer();
  Rule(Kind::kStall);
  client.Send("request");
  server.Send("answer");
  const Socket late = Connect();
  EXPECT_EQ(server.Receive(1, kQuiet), "quiet");
  EXPECT_EQ(client.Receive(1, kQuiet), "quiet");
  Rule(Kind::kPass);
  EXPECT_EQ(server.Receive(7), "request");
  EXPECT_EQ(client.Receive(6), "answer");
  late.Send("late");
  EXPECT_EQ(AcceptAtServer().Receive(4), "late");
}

TEST_F(TcpProxyTest, LossIsOneWayAndEndsTheConnection) {
  for (const Kind kind : {Kind::kLoseAnswers, Kind::kLoseRequests}) {
    const Socket client = Connect();
    const Socket server = AcceptAtServer();
    const bool answers = kind == Kind::kLoseAnswers;
    const Socket& heard = answers ? client : server;
    const Socket& unheard = answers ? server : client;
    const int64_t lost = proxy_->Counts().lost_bytes;
    Rule(kind);
    heard.Send("heard");
    EXPECT_EQ(unheard.Receive(5), "heard");
    unheard.Send("lost");
    EXPECT_EQ(heard.Receive(1, kQuiet), "quiet");
    EXPECT_EQ(proxy_->Counts().lost_bytes - lost, 4);
    Rule(Kind::kPass);
    EXPECT_EQ(client.Receive(1), "reset");
    EXPECT_EQ(server.Receive(1), "reset");
  }
}

TEST_F(TcpProxyTest, ADelayKeepsTheOrder) {
  const Socket client = Connect();
  const Socket server = AcceptAtServer();
  Rule(Kind::kDelay, absl::Milliseconds(300));
  const absl::Time sent = absl::Now();
  client.Send("first ");
  EXPECT_EQ(server.Receive(6), "first ");
  EXPECT_GE(absl::Now() - sent, absl::Milliseconds(300));
  client.Send("second ");
  Rule(Kind::kPass);
  client.Send("third");
  EXPECT_EQ(server.Receive(12), "second third");
}

TEST_F(TcpProxyTest, TransactionsOnly) {
  const std::string end_transaction("\0\0\0\3\0\x1a!", 7);
  const std::string fetch("\0\0\0\3\0\1!", 7);
  const Socket plain = Connect();
  const Socket plain_server = AcceptAtServer();
  const Socket known = Connect();
  const Socket known_server = AcceptAtServer();
  known.Send(end_transaction);
  EXPECT_EQ(known_server.Receive(7), end_transaction);
  const Socket later = Connect();
  const Socket later_server = AcceptAtServer();
  ProxyRule rule;
  rule.kind = Kind::kCut;
  rule.transactions_only = true;
  proxy_->SetRule(rule);
  EXPECT_EQ(known.Receive(1), "reset");
  later.Send(end_transaction);
  EXPECT_EQ(later.Receive(1), "reset");
  EXPECT_EQ(later_server.Receive(1), "reset");
  plain.Send(fetch);
  EXPECT_EQ(plain_server.Receive(7), fetch);
  const Socket fresh = Connect();
  const Socket fresh_server = AcceptAtServer();
  fresh.Send(fetch);
  EXPECT_EQ(fresh_server.Receive(7), fetch);
  rule.kind = Kind::kStall;
  proxy_->SetRule(rule);
  fresh.Send(end_transaction);
  plain.Send(fetch);
  EXPECT_EQ(plain_server.Receive(7), fetch);
  EXPECT_EQ(fresh.Receive(1, kQuiet), "quiet");
}

TEST_F(TcpProxyTest, ResetsAfterSoManyBytes) {
  const Socket client = Connect();
  const Socket server = AcceptAtServer();
  client.Send("does not count");
  EXPECT_EQ(server.Receive(14), "does not count");
  Rule(Kind::kReset, {}, 8);
  client.Send("1234");
  EXPECT_EQ(server.Receive(4), "1234");
  server.Send("5678");
  std::string got = client.Receive(4);
  EXPECT_TRUE(got == "5678" || got == "reset") << got;
  EXPECT_EQ(server.Receive(1), "reset");
  EXPECT_EQ(proxy_->Counts().reset, 1);
}

}  // namespace
}  // namespace exactmean
