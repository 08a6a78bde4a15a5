// chaos: trouble for a real cluster and the shipped binary, for as long as is
// asked for, and a report.

#include <signal.h>
#include <stdlib.h>

#include <atomic>
#include <cstdint>
#include <filesystem>  // NOLINT(build/c++17)
#include <iostream>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "processor/command_line.h"
#include "tests/chaos/chaos_run.h"

ABSL_FLAG(double, minutes, 0,
          "How long; the tour of all faults, about five minutes, is always "
          "finished.");
ABSL_FLAG(uint64_t, seed, 0, "Repeats a schedule. 0: a new one.");
ABSL_FLAG(int, instances, 2, "Instances at the start, 1 to 4.");
ABSL_FLAG(std::vector<std::string>, faults, {},
          "Only these; --list_faults names them.");
ABSL_FLAG(bool, list_faults, false, "Names all faults, and does nothing.");
ABSL_FLAG(bool, transactional_writer, true,
          "Also a writer that writes in transactions and aborts some.");
ABSL_FLAG(std::string, exactmean, "bazel-bin/processor/exactmean",
          "The binary to try.");
ABSL_FLAG(std::string, config, exactmean::ChaosOptions().config,
          "Text-format configuration for the instances.");
ABSL_FLAG(std::string, output, "",
          "Directory for history, logs and configuration, kept. Empty: a new "
          "one in /tmp.");

namespace exactmean {
namespace {

constexpr char kUsage[] = R"(Three brokers in trouble, and exactmean on them.

  chaos [flags]

Starts a Kafka of three brokers, a proxy in front of each, instances of
exactmean, a writer and a reader that checks every step; injects faults, one by
one and two at a time; prints a report. Exit code: 0 if every promise was kept.

Examples:
  chaos
  chaos --minutes=60 --seed=7
  chaos --faults=kill-transaction-coordinator,instance-kill --minutes=3)";

std::atomic<bool> the_stop{false};

// The first Ctrl-C ends the run in order, the second at once.
void OnSignal(int signal_number) {
  the_stop = true;
  signal(signal_number, SIG_DFL);
}

int Main() {
  if (absl::GetFlag(FLAGS_list_faults)) {
    for (const FaultKind& kind : AllFaults()) std::cout << kind.name << "\n";
    return 0;
  }
  ChaosOptions options;
  options.seed = absl::GetFlag(FLAGS_seed);
  if (options.seed == 0) options.seed = std::random_device()() | 1;
  options.time = absl::Minutes(1) * absl::GetFlag(FLAGS_minutes);
  options.faults = absl::GetFlag(FLAGS_faults);
  options.instances = absl::GetFlag(FLAGS_instances);
  options.transactional_writer = absl::GetFlag(FLAGS_transactional_writer);
  options.binary = absl::GetFlag(FLAGS_exactmean);
  options.config = absl::GetFlag(FLAGS_config);
  options.dir = absl::GetFlag(FLAGS_output);
  options.stop = &the_stop;
  if (options.instances < 1 || options.instances > Fleet::kMost) {
    std::cerr << "chaos: --instances is from 1 to " << Fleet::kMost << "\n";
    return 2;
  }
  if (options.dir.empty()) {
    options.dir = "/tmp/exactmean-chaos.XXXXXX";
    if (mkdtemp(options.dir.data()) == nullptr) options.dir.clear();
  }
  std::error_code error;
  std::filesystem::create_directories(options.dir, error);
  if (error || options.dir.empty()) {
    std::cerr << "chaos: cannot make the directory --output='" << options.dir
              << "': " << error.message() << "\n";
    return 2;
  }
  const auto run = ChaosRun::Create(std::move(options));
  if (!run.ok()) {
    std::cerr << "chaos: " << run.status().message()
              << "; --list_faults names them\n";
    return 2;
  }
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) signal(s, OnSignal);
  const auto report = (*run)->Run();
  if (!report.ok()) {
    std::cerr << "chaos: " << report.status() << "\n";
    return 1;
  }
  std::cout << report->ToString();
  if (!report->ok()) return 1;
  if (the_stop) std::cout << "chaos: interrupted; that was not the whole\n";
  return the_stop ? 130 : 0;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  exactmean::ParseFlags(argc, argv, exactmean::kUsage, __FILE__);
  return exactmean::Main();
}
