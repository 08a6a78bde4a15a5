// A real Kafka on loopback, for tests, the demo and whoever wants to try
// Exactmean: brokers that can be killed, paused, stopped and restarted.

#ifndef EXACTMEAN_TOOLS_CLUSTER_LOCAL_KAFKA_H_
#define EXACTMEAN_TOOLS_CLUSTER_LOCAL_KAFKA_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/cluster/broker.h"
#include "tools/cluster/broker_properties.h"
#include "tools/cluster/kafka_install.h"

namespace exactmean {

struct LocalKafkaOptions {
  // Each is broker and controller (KRaft combined mode). Internal topics have
  // one replica, from 3 brokers on three, of which two must be in sync.
  int brokers = 1;
  // Kept, and found again by the next start with as many brokers. Empty: a
  // temporary directory, removed at the end.
  std::string data_dir;
  // Of the first broker; each takes two, in a row, and one for each of
  // `listeners`. 0: any free ports.
  int port = 0;
  // Where clients are told to find each broker instead: the ports of proxies.
  // Empty: nowhere else. Else as many as brokers; `port` must be 0.
  std::vector<int> advertised_ports;
  // Flags for each broker's Java VM; with these it bears millions of records.
  std::string heap = "-Xms256m -Xmx512m";
  // True: the quickest start and least CPU. False: the full compiler and Java's
  // own choice of garbage collector, as in production: for benchmarks.
  bool quick_start = true;
  // Added to server.properties or replacing a property of it, for all brokers.
  std::vector<std::pair<std::string, std::string>> properties;
  // Ways in beside the open one, as for TLS or passwords.
  std::vector<ExtraListener> listeners;
  absl::Duration start_deadline = absl::Seconds(60);
};

// Owns the brokers: they end with this object, or with the process. Brokers are
// numbered from 0, and keep port and data through Kill, Stop and Restart. The
// settings that differ from Kafka's own are in broker_properties.cc. Not
// thread-safe.
class LocalKafka {
 public:
  // Returns when every broker serves. Errors hold what the broker's log says.
  // kNotFound: Java or Kafka is not installed, and how to get them.
  static absl::StatusOr<std::unique_ptr<LocalKafka>> Start(
      LocalKafkaOptions options = {});

  LocalKafka(const LocalKafka&) = delete;
  LocalKafka& operator=(const LocalKafka&) = delete;

  // Kills the brokers; stops them cleanly if their data is to be kept.
  ~LocalKafka();

  std::string bootstrap_servers() const;
  int broker_count() const { return static_cast<int>(brokers_.size()); }
  // Likewise, of an additional listener. REQUIRES: it is in the options.
  std::string bootstrap_servers(const std::string& listener) const;
  // For clients that go past the advertised ports.
  std::string internal_servers() const;
  // The address of one broker, host:port.
  std::string broker_address(int i) const;
  // The port it listens on for clients, whatever is advertised.
  int broker_port(int i) const { return ports_.at(i).client; }
  // The path of one broker's log, which goes on through its restarts.
  std::string broker_log(int i) const;
  const std::string& data_dir() const { return data_dir_; }
  // For `java -cp`: the tools org.apache.kafka.tools.* are in it.
  const std::string& classpath() const { return install_.classpath; }
  const std::string& version() const { return install_.version; }

  bool Running(int i);

  // SIGKILL; returns when it is gone. What it had acknowledged is in its data.
  absl::Status Kill(int i);

  // SIGSTOP and SIGCONT: connections stay open, nothing answers.
  absl::Status Pause(int i);
  absl::Status Resume(int i);

  // SIGTERM; returns when it is gone. kDeadlineExceeded: it did not stop within
  // 30 s, as when no quorum is left to tell, and was killed.
  absl::Status Stop(int i);

  // As if its disk were full: no file of the broker can grow any more, until it
  // is started anew. Returns when it has given up and ended by itself.
  absl::Status FillDisk(int i);

  // Starts a killed or stopped broker on its data and port, waits until it
  // serves. Needs a majority of brokers up, with this one: see RestartAll.
  absl::Status Restart(int i);

  // Starts all brokers that do not run, then waits for them.
  absl::Status RestartAll();

 private:
  LocalKafka(LocalKafkaOptions options, KafkaInstall install,
             std::string data_dir);

  absl::Status LaunchOnSomePorts(absl::Time deadline);
  absl::Status Await(const std::vector<int>& which, absl::Time deadline);
  absl::Status Check(int i) const;

  const LocalKafkaOptions options_;
  const KafkaInstall install_;
  const std::string data_dir_;
  bool remove_data_;
  std::vector<NodePorts> ports_;
  std::vector<std::unique_ptr<Broker>> brokers_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_LOCAL_KAFKA_H_
