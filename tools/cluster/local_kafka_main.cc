// local-kafka: a Kafka on this machine, for as long as a command runs or until
// Ctrl-C.

#include <signal.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "processor/command_line.h"
#include "tools/cluster/local_kafka.h"
#include "tools/cluster/process.h"

ABSL_FLAG(int, brokers, 1, "How many brokers; 3 replicate, and survive one.");
ABSL_FLAG(std::string, data_dir, "",
          "Where to keep the data, and to find that of an earlier run. Empty: "
          "a temporary directory, removed at the end.");
ABSL_FLAG(int, port, 0,
          "Port of the first broker; each takes two in a row. 0: any free.");
ABSL_FLAG(std::string, heap, exactmean::LocalKafkaOptions().heap,
          "Memory of each broker, as flags for its Java VM.");
ABSL_FLAG(bool, quick_start, true,
          "Quickest start and least CPU; --noquick_start for benchmarks.");
ABSL_FLAG(std::vector<std::string>, properties, {},
          "Broker settings that differ from the usual ones, as "
          "name=value,name=value.");

namespace exactmean {
namespace {

constexpr char kUsage[] = R"(Runs a Kafka on this machine.

  local-kafka [flags] [-- COMMAND ARG...]

With a COMMAND: runs it with the brokers' address in the environment variable
EXACTMEAN_BOOTSTRAP_SERVERS and the jars of Kafka's own tools in
EXACTMEAN_KAFKA_CLASSPATH, ends with its exit code, and takes the brokers down.
Without: runs until Ctrl-C.

Examples:
  local-kafka --port=9092
  local-kafka --brokers=3 --data_dir=$HOME/kafka
  local-kafka -- tools/cluster/kafka_tool.sh TopicCommand --list
  local-kafka --properties=log.cleaner.enable=false -- ./my_test.sh)";

// Taken with sigwaitinfo: blocked before any other thread starts.
sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
    sigaddset(&signals, signal);
  }
  return signals;
}

siginfo_t NextSignal() {
  const sigset_t signals = HandledSignals();
  siginfo_t info = {};
  while (sigwaitinfo(&signals, &info) < 0) {
  }
  return info;
}

absl::StatusOr<LocalKafkaOptions> OptionsFromFlags() {
  LocalKafkaOptions options;
  options.brokers = absl::GetFlag(FLAGS_brokers);
  options.data_dir = absl::GetFlag(FLAGS_data_dir);
  options.port = absl::GetFlag(FLAGS_port);
  options.heap = absl::GetFlag(FLAGS_heap);
  options.quick_start = absl::GetFlag(FLAGS_quick_start);
  for (const std::string& property : absl::GetFlag(FLAGS_properties)) {
    const std::vector<std::string> parts =
        absl::StrSplit(property, absl::MaxSplits('=', 1));
    if (parts.size() != 2 || parts[0].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--properties: '", property, "' is not name=value"));
    }
    options.properties.emplace_back(parts[0], parts[1]);
  }
  return options;
}

// Reports, once each, the brokers that ended by themselves. How many still run.
int CountRunning(LocalKafka& kafka, std::vector<bool>& reported) {
  int running = 0;
  for (int i = 0; i < kafka.broker_count(); ++i) {
    if (kafka.Running(i)) {
      ++running;
    } else if (!reported[i]) {
      reported[i] = true;
      std::cerr << "local-kafka: broker " << i << " has ended: see "
                << kafka.broker_log(i) << std::endl;
    }
  }
  return running;
}

// The signal that has asked for the end while the brokers started; 0: none has.
int EarlySignal() {
  sigset_t signals = HandledSignals();
  sigdelset(&signals, SIGCHLD);
  const timespec at_once = {};
  return std::max(0, sigtimedwait(&signals, nullptr, &at_once));
}

int RunCommand(const std::vector<std::string>& command, LocalKafka& kafka) {
  if (const int signal = EarlySignal()) return 128 + signal;
  ProcessOptions options;
  options.own_group = false;
  options.env = {{"EXACTMEAN_BOOTSTRAP_SERVERS", kafka.bootstrap_servers()},
                 {"EXACTMEAN_KAFKA_CLASSPATH", kafka.classpath()}};
  absl::StatusOr<Process> process = Process::Start(command, options);
  if (!process.ok()) {
    std::cerr << "local-kafka: " << process.status().message() << std::endl;
    return 127;
  }
  std::vector<bool> reported(kafka.broker_count());
  while (process->Running()) {
    const siginfo_t info = NextSignal();
    if (info.si_signo == SIGCHLD) {
      CountRunning(kafka, reported);
      continue;
    }
    // A terminal sends Ctrl-C to the command too: once is enough.
    if (info.si_code == SI_KERNEL) continue;
    absl::Status status = process->Signal(info.si_signo);
    if (!status.ok() && !absl::IsFailedPrecondition(status)) {
      std::cerr << "local-kafka: " << status.message() << std::endl;
    }
  }
  return process->Wait(absl::InfiniteFuture())->ShellCode();
}

int RunUntilSignal(LocalKafka& kafka) {
  std::cout << "Kafka " << kafka.version() << " is up at "
            << kafka.bootstrap_servers()
            << "\n  data and logs: " << kafka.data_dir()
            << "\n  in another terminal: export "
            << "EXACTMEAN_BOOTSTRAP_SERVERS=" << kafka.bootstrap_servers()
            << "\nCtrl-C stops it"
            << (absl::GetFlag(FLAGS_data_dir).empty() ? " and removes the data."
                                                      : ".")
            << std::endl;
  std::vector<bool> reported(kafka.broker_count());
  while (CountRunning(kafka, reported) > 0) {
    if (NextSignal().si_signo != SIGCHLD) return 0;
  }
  return 1;
}

int Main(const std::vector<std::string>& command) {
  absl::StatusOr<LocalKafkaOptions> options = OptionsFromFlags();
  if (!options.ok()) {
    std::cerr << "local-kafka: " << options.status().message() << std::endl;
    return 2;
  }
  absl::StatusOr<std::unique_ptr<LocalKafka>> kafka =
      LocalKafka::Start(*std::move(options));
  if (!kafka.ok()) {
    std::cerr << "local-kafka: " << kafka.status().message() << std::endl;
    return 1;
  }
  return command.empty() ? RunUntilSignal(**kafka)
                         : RunCommand(command, **kafka);
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  const sigset_t signals = exactmean::HandledSignals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return exactmean::Main(
      exactmean::ParseCommandLine(argc, argv, exactmean::kUsage, __FILE__));
}
