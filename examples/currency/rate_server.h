// A server of rates for tests: real HTTP on a loopback port, to be stopped and
// started while somebody asks.

#ifndef EXACTMEAN_EXAMPLES_CURRENCY_RATE_SERVER_H_
#define EXACTMEAN_EXAMPLES_CURRENCY_RATE_SERVER_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "httplib.h"

namespace exactmean {

// Knows "EUR", "GBP" and "JPY" in "USD". Used from one thread; what it counts
// may be read at any time.
class RateServer {
 public:
  // Takes a free port, and keeps it from start to start.
  RateServer();
  RateServer(const RateServer&) = delete;
  RateServer& operator=(const RateServer&) = delete;
  ~RateServer() { Stop(); }

  void Start();
  // From then on connections are refused.
  void Stop();

  // "http://127.0.0.1:12345"
  std::string url() const;
  // Answers this instead, unless it is 0.
  void set_status(int status) { status_ = status; }
  // Each answer takes so long.
  void set_delay_ms(int delay) { delay_ms_ = delay; }
  // Wants this bearer token, unless it is empty. REQUIRES: not started.
  void set_token(const std::string& token) { token_ = token; }

  int requests() const { return requests_; }
  // The most that were under way at once.
  int most_at_once() const { return most_at_once_; }

  // What it answers: by day, so that it is known which one was asked for. 0:
  // it knows none.
  static double RateOf(const std::string& from, const std::string& day);

 private:
  void Answer(const httplib::Request& request, httplib::Response& response);

  int port_ = 0;
  std::string token_;
  std::atomic<int> status_{0};
  std::atomic<int> delay_ms_{0};
  std::atomic<int> requests_{0};
  std::atomic<int> under_way_{0};
  std::atomic<int> most_at_once_{0};
  std::unique_ptr<httplib::Server> server_;  // null: stopped
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_EXAMPLES_CURRENCY_RATE_SERVER_H_
