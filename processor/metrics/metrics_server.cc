// MetricsServer.

#include "processor/metrics/metrics_server.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "processor/metrics/metrics_text.h"

namespace exactmean {
namespace {

// The version of the text format is part of its type.
constexpr char kType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    absl::string_view address, std::string application_id) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", address, "\" is not HOST:PORT, as 127.0.0.1:9464"));
  }
  absl::string_view host = address.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  std::unique_ptr<MetricsServer> metrics(
      new MetricsServer(std::move(application_id)));
  httplib::Server& server = metrics->server_;
  server.new_task_queue = [] { return new httplib::ThreadPool(1); };
  // Not with the library's SO_REUSEPORT: two processes would share the port.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  server.set_keep_alive_max_count(1);  // who is slow keeps nobody waiting
  server.set_read_timeout(1);
  server.set_write_timeout(1);
  server.Get("/metrics", [metrics = metrics.get()](const httplib::Request&,
                                                   httplib::Response& answer) {
    answer.set_content(metrics->Text(), kType);
  });
  const std::string name(host.data(), host.size());
  metrics->port_ = port == 0 ? server.bind_to_any_port(name)
                   : server.bind_to_port(name, static_cast<int>(port))
                       ? static_cast<int>(port)
                       : -1;
  if (metrics->port_ < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen at ", address,
                     ": another process does, or it is no address of this "
                     "machine, or it may not be used"));
  }
  metrics->thread_ = std::thread([&server] { server.listen_after_bind(); });
  // Until then a stop would have no effect.
  while (!server.is_running()) std::this_thread::yield();
  return metrics;
}

MetricsServer::~MetricsServer() {
  if (!thread_.joinable()) return;
  server_.stop();
  thread_.join();
}

void MetricsServer::Publish(int worker, WorkerReport report) {
  const std::lock_guard<std::mutex> lock(mutex_);
  reports_[worker] = std::move(report);
}

std::string MetricsServer::Text() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return MetricsText(application_id_, reports_);
}

}  // namespace exactmean
