// Reading, holding back, losing and writing the bytes of one connection.

#include "tools/cluster/proxy/tcp_relay.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace exactmean {
namespace {

using Kind = ProxyRule::Kind;

// More is left in the sender's socket: it feels the back-pressure.
constexpr size_t kMostHeld = 1 << 20;

bool IsTransient(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

TcpRelay::TcpRelay(int client_fd, int server_fd)
    : to_server_(client_fd, server_fd), to_client_(server_fd, client_fd) {}

TcpRelay::~TcpRelay() {
  close(to_server_.from);
  close(to_server_.to);
}

void TcpRelay::Reset() {
  const linger at_once = {1, 0};
  for (const int fd : {to_server_.from, to_server_.to}) {
    // Fails on a socket that is no longer connected, which needs no reset.
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
}

bool TcpRelay::Wants(const Pipe& pipe) {
  return !pipe.ended && pipe.held < kMostHeld;
}

bool TcpRelay::IsDue(const Pipe& pipe, absl::Time now) {
  return !pipe.chunks.empty() && pipe.chunks.front().due <= now;
}

void TcpRelay::WaitFor(const ProxyRule& rule, absl::Time now,
                       pollfd polls[2]) const {
  const auto events = [now](const Pipe& in, const Pipe& out) {
    return static_cast<short>(  // NOLINT(google-runtime-int): poll's type
        (Wants(in) ? POLLIN : 0) | (IsDue(out, now) ? POLLOUT : 0));
  };
  polls[0] = {to_server_.from, events(to_server_, to_client_), 0};
  polls[1] = {to_client_.from, events(to_client_, to_server_), 0};
  for (int i = 0; i < 2; ++i) {
    // Without events poll would still report, again and again, an end that is
    // not to be served yet.
    if (KindOf(rule) == Kind::kStall || polls[i].events == 0) polls[i].fd = -1;
  }
}

absl::Time TcpRelay::NextDue() const {
  absl::Time due = absl::InfiniteFuture();
  for (const Pipe* pipe : {&to_server_, &to_client_}) {
    if (!pipe->chunks.empty()) due = std::min(due, pipe->chunks.front().due);
  }
  return due;
}

bool TcpRelay::Serve(const ProxyRule& rule, absl::Time now,
                     const pollfd polls[2], ProxyCounts* counts) {
  if (KindOf(rule) == Kind::kStall) return true;
  if (polls[0].fd >= 0 && polls[0].revents != 0 && Wants(to_server_) &&
      !Read(rule, now, &to_server_, counts)) {
    return false;
  }
  if (polls[1].fd >= 0 && polls[1].revents != 0 && Wants(to_client_) &&
      !Read(rule, now, &to_client_, counts)) {
    return false;
  }
  // What was read may have shown that the rule concerns this connection.
  if (KindOf(rule) == Kind::kStall) return true;
  if (KindOf(rule) == Kind::kCut) {
    ++counts->reset;
    Reset();
    return false;
  }
  if (!Write(now, &to_server_, counts) || !Write(now, &to_client_, counts)) {
    return false;
  }
  if (KindOf(rule) == Kind::kReset && carried_ >= rule.bytes) {
    ++counts->reset;
    Reset();
    return false;
  }
  for (const Pipe* pipe : {&to_server_, &to_client_}) {
    if (pipe->ended && pipe->chunks.empty()) return false;
  }
  return true;
}

bool TcpRelay::Read(const ProxyRule& rule, absl::Time now, Pipe* pipe,
                    ProxyCounts* counts) {
  char bytes[16384];
  const ssize_t n = recv(pipe->from, bytes, sizeof(bytes), 0);
  if (n < 0) return IsTransient(errno);
  if (n == 0) {
    pipe->ended = true;
    return true;
  }
  const size_t size = static_cast<size_t>(n);
  if (pipe == &to_server_) scanner_.Scan(bytes, size);
  const Kind kind = KindOf(rule);
  const bool lose = (kind == Kind::kLoseRequests && pipe == &to_server_) ||
                    (kind == Kind::kLoseAnswers && pipe == &to_client_);
  // A stream with a hole must not go on as if it had none.
  if (lose || pipe->holed) {
    pipe->holed = true;
    counts->lost_bytes += n;
    return true;
  }
  const absl::Duration delay =
      kind == Kind::kDelay ? rule.delay : absl::ZeroDuration();
  absl::Time due = now + delay;
  // In order, also when a delay has just ended.
  if (!pipe->chunks.empty()) due = std::max(due, pipe->chunks.back().due);
  pipe->chunks.push_back({due, std::string(bytes, size)});
  pipe->held += size;
  return true;
}

bool TcpRelay::Write(absl::Time now, Pipe* pipe, ProxyCounts* counts) {
  while (IsDue(*pipe, now)) {
    std::string& bytes = pipe->chunks.front().bytes;
    const ssize_t n = send(pipe->to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0) {
      // Not connected yet is EAGAIN, too.
      return IsTransient(errno);
    }
    counts->passed_bytes += n;
    carried_ += n;
    pipe->held -= static_cast<size_t>(n);
    if (static_cast<size_t>(n) < bytes.size()) {
      bytes.erase(0, static_cast<size_t>(n));
      return true;
    }
    pipe->chunks.pop_front();
  }
  return true;
}

}  // namespace exactmean
