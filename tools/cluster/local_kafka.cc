// Ports, directories and the order of things for a handful of brokers.

#include "tools/cluster/local_kafka.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>  // NOLINT(build/c++17)
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tools/cluster/free_ports.h"

namespace exactmean {
namespace {

constexpr absl::Duration kStopDeadline = absl::Seconds(30);
// At the end nobody needs a stop that is cleaner than a crash: be brief.
constexpr absl::Duration kLastStopDeadline = absl::Seconds(10);
constexpr int kPortAttempts = 5;

absl::StatusOr<std::string> TemporaryDir() {
  std::string path;
  for (const char* name : {"TEST_TMPDIR", "TMPDIR"}) {
    const char* value = getenv(name);
    if (path.empty() && value != nullptr) path = value;
  }
  path = absl::StrCat(path.empty() ? "/tmp" : path, "/local-kafka.XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, "cannot make " + path);
  }
  return path;
}

// client, controller, the additional listeners, and past a proxy.
int PortsOfEach(const LocalKafkaOptions& options) {
  return 2 + static_cast<int>(options.listeners.size()) +
         (options.advertised_ports.empty() ? 0 : 1);
}

absl::StatusOr<std::vector<NodePorts>> ChoosePorts(
    const LocalKafkaOptions& options) {
  const int each = PortsOfEach(options);
  std::vector<int> ports;
  if (options.port == 0) {
    absl::StatusOr<std::vector<int>> free = FreePorts(each * options.brokers);
    if (!free.ok()) return free.status();
    ports = *std::move(free);
  } else {
    for (int i = 0; i < each * options.brokers; ++i) {
      ports.push_back(options.port + i);
    }
  }
  std::vector<NodePorts> result(static_cast<size_t>(options.brokers));
  const auto listeners = static_cast<std::ptrdiff_t>(options.listeners.size());
  auto own = ports.begin();
  for (size_t i = 0; i < result.size(); ++i, own += each) {
    result[i].client = own[0];
    result[i].controller = own[1];
    result[i].listeners = {own + 2, own + 2 + listeners};
    if (options.advertised_ports.empty()) continue;
    result[i].advertised = options.advertised_ports[i];
    result[i].internal = own[each - 1];
  }
  return result;
}

std::vector<std::string> JvmFlags(const LocalKafkaOptions& options) {
  std::vector<std::string> flags =
      absl::StrSplit(options.heap, ' ', absl::SkipEmpty());
  if (options.quick_start) {
    flags.insert(flags.end(), {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"});
  }
  return flags;
}

absl::Status CheckOptions(const LocalKafkaOptions& options) {
  if (options.brokers < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("brokers must be at least 1, not ", options.brokers));
  }
  const int last_port =
      options.port + PortsOfEach(options) * options.brokers - 1;
  if (options.port < 0 || last_port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("no ports ", options.port, " to ", last_port));
  }
  const int advertised = static_cast<int>(options.advertised_ports.size());
  if (advertised != 0 && (advertised != options.brokers || options.port != 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        advertised, " advertised ports for ", options.brokers,
        " brokers on port ", options.port, ": one each, on free ports"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalKafka>> LocalKafka::Start(
    LocalKafkaOptions options) {
  absl::Status status = CheckOptions(options);
  if (!status.ok()) return status;
  absl::StatusOr<KafkaInstall> install = FindKafka();
  if (!install.ok()) return install.status();
  std::string data_dir;
  if (options.data_dir.empty()) {
    absl::StatusOr<std::string> temporary = TemporaryDir();
    if (!temporary.ok()) return temporary.status();
    data_dir = *std::move(temporary);
  } else {
    std::error_code error;
    data_dir = std::filesystem::absolute(options.data_dir, error);
    if (error) return absl::InvalidArgumentError(error.message());
  }
  std::unique_ptr<LocalKafka> kafka(new LocalKafka(
      std::move(options), *std::move(install), std::move(data_dir)));
  status =
      kafka->LaunchOnSomePorts(absl::Now() + kafka->options_.start_deadline);
  if (!status.ok()) {
    kafka->remove_data_ = false;  // the error names the log: leave it to read
    return status;
  }
  return kafka;
}

LocalKafka::LocalKafka(LocalKafkaOptions options, KafkaInstall install,
                       std::string data_dir)
    : options_(std::move(options)),
      install_(std::move(install)),
      data_dir_(std::move(data_dir)),
      remove_data_(options_.data_dir.empty()) {}

LocalKafka::~LocalKafka() {
  if (!options_.data_dir.empty()) {
    for (auto& broker : brokers_) {
      if (!broker->Running()) continue;
      // A paused one must run on to see the SIGTERM.
      absl::Status status = broker->Signal(SIGTERM);
      status.Update(broker->Signal(SIGCONT));
      if (!status.ok()) std::cerr << "local Kafka: " << status << "\n";
    }
    const absl::Time deadline = absl::Now() + kLastStopDeadline;
    for (auto& broker : brokers_) {
      // Killed then: Kafka's data survives that, its next start is slower.
      broker->AwaitEnd(deadline).IgnoreError();
    }
  }
  brokers_.clear();  // kills
  if (!remove_data_) return;
  std::error_code error;
  std::filesystem::remove_all(data_dir_, error);
  if (error) {
    std::cerr << "local Kafka: cannot remove " << data_dir_ << ": "
              << error.message() << "\n";
  }
}

absl::Status LocalKafka::LaunchOnSomePorts(absl::Time deadline) {
  std::vector<int> all;
  for (int i = 0; i < options_.brokers; ++i) all.push_back(i);
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<std::vector<NodePorts>> ports = ChoosePorts(options_);
    if (!ports.ok()) return ports.status();
    ports_ = *std::move(ports);
    brokers_.clear();
    for (int i : all) {
      brokers_.push_back(std::make_unique<Broker>(
          install_, absl::StrCat(data_dir_, "/broker-", i), i + 1,
          ports_[i].client, JvmFlags(options_)));
      absl::Status status = brokers_[i]->Prepare(
          BrokerProperties(ports_, i, brokers_[i]->data_dir(),
                           options_.properties, options_.listeners));
      if (status.ok()) status = brokers_[i]->Launch();
      if (!status.ok()) return status;
    }
    absl::Status status = Await(all, deadline);
    const bool other_ports_may_help = absl::IsAlreadyExists(status) &&
                                      options_.port == 0 &&
                                      attempt < kPortAttempts;
    if (!other_ports_may_help) return status;
  }
}

absl::Status LocalKafka::Await(const std::vector<int>& which,
                               absl::Time deadline) {
  for (int i : which) {
    absl::Status status = brokers_[i]->AwaitReady(deadline);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status LocalKafka::Check(int i) const {
  if (i >= 0 && i < broker_count()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "no broker ", i, ": they are numbered 0 to ", broker_count() - 1));
}

std::string LocalKafka::bootstrap_servers() const {
  return BootstrapServers(ports_);
}

std::string LocalKafka::bootstrap_servers(const std::string& listener) const {
  size_t index = 0;
  while (options_.listeners.at(index).name != listener) ++index;
  std::vector<NodePorts> ports = ports_;
  for (NodePorts& node : ports) node.client = node.listeners.at(index);
  return BootstrapServers(ports);
}

std::string LocalKafka::internal_servers() const {
  return InternalServers(ports_);
}

std::string LocalKafka::broker_address(int i) const {
  return BootstrapServers({ports_.at(i)});
}

std::string LocalKafka::broker_log(int i) const {
  return brokers_.at(i)->log_path();
}

bool LocalKafka::Running(int i) { return brokers_.at(i)->Running(); }

absl::Status LocalKafka::Kill(int i) {
  absl::Status status = Check(i);
  if (status.ok()) status = brokers_[i]->Signal(SIGKILL);
  if (status.ok()) status = brokers_[i]->AwaitEnd(absl::InfiniteFuture());
  return status;
}

absl::Status LocalKafka::Pause(int i) {
  absl::Status status = Check(i);
  return status.ok() ? brokers_[i]->Signal(SIGSTOP) : status;
}

absl::Status LocalKafka::Resume(int i) {
  absl::Status status = Check(i);
  return status.ok() ? brokers_[i]->Signal(SIGCONT) : status;
}

absl::Status LocalKafka::Stop(int i) {
  absl::Status status = Check(i);
  if (status.ok()) status = brokers_[i]->Signal(SIGTERM);
  if (status.ok()) status = brokers_[i]->AwaitEnd(absl::Now() + kStopDeadline);
  return status;
}

absl::Status LocalKafka::FillDisk(int i) {
  absl::Status status = Check(i);
  if (status.ok()) status = brokers_[i]->LimitFiles();
  if (status.ok()) status = brokers_[i]->AwaitEnd(absl::Now() + kStopDeadline);
  return status;
}

absl::Status LocalKafka::Restart(int i) {
  absl::Status status = Check(i);
  if (status.ok()) status = brokers_[i]->Launch();
  if (!status.ok()) return status;
  return Await({i}, absl::Now() + options_.start_deadline);
}

absl::Status LocalKafka::RestartAll() {
  std::vector<int> launched;
  for (int i = 0; i < broker_count(); ++i) {
    if (Running(i)) continue;
    absl::Status status = brokers_[i]->Launch();
    if (!status.ok()) return status;
    launched.push_back(i);
  }
  return Await(launched, absl::Now() + options_.start_deadline);
}

}  // namespace exactmean
