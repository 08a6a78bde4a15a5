// One connection through a proxy: two sockets, and what is on its way between
// them under a rule.

#ifndef EXACTMEAN_TOOLS_CLUSTER_PROXY_TCP_RELAY_H_
#define EXACTMEAN_TOOLS_CLUSTER_PROXY_TCP_RELAY_H_

#include <poll.h>

#include <cstdint>
#include <deque>
#include <string>

#include "absl/time/time.h"
#include "tools/cluster/proxy/request_scanner.h"

namespace exactmean {

// What a proxy does to the connections through it.
struct ProxyRule {
  enum class Kind {
    kPass,
    kCut,           // open connections are reset, new ones as they come
    kStall,         // nothing is read: packets vanish, both ways
    kLoseRequests,  // what clients send is lost, answers pass
    kLoseAnswers,   // what the server sends is lost, requests pass
    kDelay,         // everything comes `delay` later, both ways
    kReset,         // each connection is reset after `bytes` more bytes
  };
  Kind kind = Kind::kPass;
  absl::Duration delay;
  int64_t bytes = 0;
  // Only for connections to a Kafka broker as transaction coordinator; each is
  // known as one by its first request of that kind.
  bool transactions_only = false;
};

// What has happened so far: a test can see that a rule took effect.
struct ProxyCounts {
  int64_t accepted = 0;
  int64_t reset = 0;
  int64_t passed_bytes = 0;
  int64_t lost_bytes = 0;
};

// Owns both sockets, which must not block. One thread.
class TcpRelay {
 public:
  TcpRelay(int client_fd, int server_fd);
  TcpRelay(const TcpRelay&) = delete;
  TcpRelay& operator=(const TcpRelay&) = delete;
  ~TcpRelay();

  // What to wait for: the client's socket, then the server's. The negative
  // descriptors among them are to be ignored, as poll does.
  void WaitFor(const ProxyRule& rule, absl::Time now, pollfd polls[2]) const;
  // When bytes that are held back may go on, if no event comes before.
  absl::Time NextDue() const;

  // Moves what can be moved. False: the connection has ended.
  bool Serve(const ProxyRule& rule, absl::Time now, const pollfd polls[2],
             ProxyCounts* counts);

  // A new rule counts from here.
  void OnRuleChange() { carried_ = 0; }
  // Does the rule concern this connection?
  bool Obeys(const ProxyRule& rule) const {
    return !rule.transactions_only || scanner_.transactional();
  }
  // Bytes are missing from the stream: it can only be reset.
  bool HasHole() const { return to_server_.holed || to_client_.holed; }
  // Both ends will see a reset instead of an orderly end.
  void Reset();

 private:
  struct Chunk {
    absl::Time due;
    std::string bytes;
  };
  struct Pipe {
    Pipe(int from_fd, int to_fd) : from(from_fd), to(to_fd) {}

    int from;
    int to;
    bool ended = false;  // the sender has closed
    bool holed = false;
    size_t held = 0;  // bytes in chunks
    std::deque<Chunk> chunks;
  };

  static bool Wants(const Pipe& pipe);
  static bool IsDue(const Pipe& pipe, absl::Time now);
  ProxyRule::Kind KindOf(const ProxyRule& rule) const {
    return Obeys(rule) ? rule.kind : ProxyRule::Kind::kPass;
  }
  bool Read(const ProxyRule& rule, absl::Time now, Pipe* pipe,
            ProxyCounts* counts);
  bool Write(absl::Time now, Pipe* pipe, ProxyCounts* counts);

  Pipe to_server_;
  Pipe to_client_;
  RequestScanner scanner_;
  int64_t carried_ = 0;  // bytes, since the rule came
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_PROXY_TCP_RELAY_H_
