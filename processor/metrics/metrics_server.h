// Serves metrics over HTTP, for a Prometheus to scrape.

#ifndef EXACTMEAN_PROCESSOR_METRICS_METRICS_SERVER_H_
#define EXACTMEAN_PROCESSOR_METRICS_METRICS_SERVER_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "httplib.h"
#include "processor/metrics/worker_report.h"

namespace exactmean {

// GET /metrics gives the last report of each worker. It has a thread of its
// own, and one for the requests: nothing of it is on a worker's. Thread-safe.
class MetricsServer {
 public:
  // `address`: HOST:PORT; port 0: any that is free. kInvalidArgument: it is no
  // address, or cannot be listened at.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(
      absl::string_view address, std::string application_id);
  // Waits for an answer that is under way.
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  void Publish(int worker, WorkerReport report);
  int port() const { return port_; }

 private:
  explicit MetricsServer(std::string application_id)
      : application_id_(std::move(application_id)) {}
  std::string Text();

  const std::string application_id_;
  std::mutex mutex_;  // guards:
  std::map<int, WorkerReport> reports_;

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_METRICS_METRICS_SERVER_H_
