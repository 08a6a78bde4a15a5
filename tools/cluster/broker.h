// One Kafka node as a process on a directory: its life and its readiness.

#ifndef EXACTMEAN_TOOLS_CLUSTER_BROKER_H_
#define EXACTMEAN_TOOLS_CLUSTER_BROKER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "tools/cluster/kafka_install.h"
#include "tools/cluster/process.h"

namespace exactmean {

// Runs one node on its directory: server.properties, broker.log and data/. The
// directory outlives the process, so that a killed node comes back with what it
// had. Not thread-safe.
class Broker {
 public:
  // `jvm_flags`: heap and the like. `port`: the clients', to see when it opens.
  Broker(KafkaInstall install, std::string dir, int node_id, int port,
         std::vector<std::string> jvm_flags);

  // Makes the directory if need be, as a formatted node of the one cluster that
  // `properties` describe. What data there is stays.
  absl::Status Prepare(const std::string& properties);

  // Starts the process; AwaitReady tells when it serves. The deadline's error
  // and that of an early end hold what the log says and its path;
  // kAlreadyExists: the port was taken by somebody else.
  absl::Status Launch();
  absl::Status AwaitReady(absl::Time deadline);

  absl::Status Signal(int signal);

  // From now on no file of this process can grow, as on a full disk: the kernel
  // refuses it with EFBIG. Holds until the process ends.
  absl::Status LimitFiles();

  // Waits until the process has ended. At the deadline kills it, and says so.
  absl::Status AwaitEnd(absl::Time deadline);

  bool Running() { return process_.has_value() && process_->Running(); }

  std::string log_path() const { return dir_ + "/broker.log"; }
  std::string data_dir() const { return dir_ + "/data"; }

 private:
  std::vector<std::string> Command() const;
  bool ReadyInLog() const;
  bool Accepts() const;
  std::string LogSinceLaunch() const;
  absl::Status Failure(absl::StatusCode code, const std::string& what) const;

  const KafkaInstall install_;
  const std::string dir_;
  const int node_id_;
  const int port_;
  const std::vector<std::string> jvm_flags_;
  absl::optional<Process> process_;
  int64_t log_start_ = 0;  // where this launch's part of the log begins
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_BROKER_H_
