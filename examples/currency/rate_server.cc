// RateServer.

#include "examples/currency/rate_server.h"

#include <cstdlib>
#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr char kHost[] = "127.0.0.1";

}  // namespace

RateServer::RateServer() { Start(); }

std::string RateServer::url() const {
  return absl::StrCat("http://", kHost, ":", port_);
}

double RateServer::RateOf(const std::string& from, const std::string& day) {
  static const auto* const kRates = new std::map<std::string, double>{
      {"EUR", 1.25}, {"GBP", 1.5}, {"JPY", 0.0078125}};
  const auto found = kRates->find(from);
  if (found == kRates->end() || day.size() != 10) return 0;
  // Another one each day of a month.
  return found->second + std::atoi(day.substr(8).c_str()) / 128.0;
}

void RateServer::Answer(const httplib::Request& request,
                        httplib::Response& response) {
  ++requests_;
  const int now = ++under_way_;
  int most = most_at_once_;
  while (now > most && !most_at_once_.compare_exchange_weak(most, now)) {
  }
  absl::SleepFor(absl::Milliseconds(delay_ms_.load()));
  const double rate = request.get_param_value("to") == "USD"
                          ? RateOf(request.get_param_value("from"),
                                   request.get_param_value("at"))
                          : 0;
  if (status_ != 0) {
    response.status = status_;
  } else if (!token_.empty() && request.get_header_value("Authorization") !=
                                    absl::StrCat("Bearer ", token_)) {
    response.status = 401;
  } else if (rate == 0) {
    response.status = 404;
  } else {
    response.set_content(absl::StrFormat("{\"rate\": %.17g}", rate),
                         "application/json");
  }
  --under_way_;
}

void RateServer::Start() {
  if (server_ != nullptr) return;
  server_ = std::make_unique<httplib::Server>();
  server_->Get("/rate", [this](const httplib::Request& request,
                               httplib::Response& response) {
    Answer(request, response);
  });
  // Whoever keeps a connection does not keep Stop from returning.
  server_->set_keep_alive_timeout(1);
  if (port_ == 0) {
    port_ = server_->bind_to_any_port(kHost);
  } else if (!server_->bind_to_port(kHost, port_)) {
    port_ = -1;
  }
  if (port_ <= 0) {
    std::cerr << "the rate server has no port\n";
    std::abort();
  }
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) absl::SleepFor(absl::Milliseconds(1));
}

void RateServer::Stop() {
  if (server_ == nullptr) return;
  server_->stop();
  thread_.join();
  server_.reset();
}

}  // namespace exactmean
