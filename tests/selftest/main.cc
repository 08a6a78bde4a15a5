// The self-test: proves on a cluster of the user's that nothing is lost,
// counted twice or torn, and prints a report.

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "glog/logging.h"
#include "processor/command_line.h"
#include "processor/config/config_text.h"
#include "tests/selftest/report.h"
#include "tests/selftest/schedule.h"
#include "tests/selftest/trial.h"

ABSL_FLAG(std::string, bootstrap_servers, "",
          "host:port of one or more brokers.");
ABSL_FLAG(std::string, config, "",
          "A configuration of exactmean; its `kafka` section says how to reach "
          "the cluster (security, too). The rest of it is not used.");
ABSL_FLAG(int32_t, partitions, 4, "Of the topics: 1 to 64.");
ABSL_FLAG(int32_t, replication_factor, -1,
          "Of the topics; -1: the cluster's default.");
ABSL_FLAG(uint64_t, seed, 0, "Of the random input; 0: a new one.");
ABSL_FLAG(bool, keep, false, "Keep topics and logs, to look at them.");

namespace exactmean {
namespace {

constexpr char kUsage[] =
    R"(Proves on your cluster that exactmean loses nothing, counts nothing twice
and shows no reader half a transaction.

  tools/selftest.sh --bootstrap_servers=HOST:PORT [flags]

It creates two topics and a consumer group of its own, named
exactmean-selftest-*, writes random records (some in transactions that abort),
kills the processor at every step of a restore and of a transaction, makes a
zombie of it, and then holds what is in the topics to an independent model.
Topics and group are removed at the end, also after Ctrl-C. About two minutes.

Examples:
  tools/selftest.sh --bootstrap_servers=localhost:9092
  tools/selftest.sh --config=prices.textproto --replication_factor=3

Exit codes: 0 proven, 1 disproved (the message or the report says how), 2 usage,
3 could not be carried out, 130 interrupted.)";

std::atomic<bool> interrupted{false};

void OnSignal(int signal) {
  if (interrupted.exchange(true)) _exit(128 + signal);
}

absl::StatusOr<TrialOptions> OptionsFromFlags(const char* program) {
  TrialOptions options;
  const std::string config = absl::GetFlag(FLAGS_config);
  if (!config.empty()) {
    const auto text = ReadConfigFile(config);
    if (!text.ok()) return text.status();
    config::Config parsed;
    const absl::Status merged = MergeConfigText(config, *text, &parsed);
    if (!merged.ok()) return merged;
    options.kafka = parsed.kafka();
  }
  const std::string servers = absl::GetFlag(FLAGS_bootstrap_servers);
  if (!servers.empty()) options.kafka.set_bootstrap_servers(servers);
  if (options.kafka.bootstrap_servers().empty()) {
    return absl::InvalidArgumentError(
        "which cluster? Give --bootstrap_servers=HOST:PORT or --config=FILE");
  }
  options.partitions = absl::GetFlag(FLAGS_partitions);
  if (options.partitions < 1 || options.partitions > 64) {
    return absl::InvalidArgumentError("--partitions must be 1 to 64");
  }
  options.replication_factor = absl::GetFlag(FLAGS_replication_factor);
  options.seed = absl::GetFlag(FLAGS_seed);
  std::random_device entropy;
  if (options.seed == 0) options.seed = entropy();
  options.name = absl::StrFormat("exactmean-selftest-%08x", entropy());
  options.processor =
      std::filesystem::path(program).parent_path() / "processor";
  options.interrupted = &interrupted;
  std::string directory =
      std::filesystem::temp_directory_path() / "exactmean-selftest-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return absl::InternalError(absl::StrCat("cannot make ", directory));
  }
  options.directory = directory;
  return options;
}

absl::StatusOr<Verdict> Try(Trial* trial, Story* story) {
  const auto progress = [](const std::string& what) {
    std::cout << "==> " << what << std::endl;
  };
  progress("creating the topics");
  absl::Status status = trial->SetUp();
  if (status.ok()) status = RunSchedule(trial, progress, story);
  if (!status.ok()) return status;
  progress("reading everything back, and replaying it");
  return trial->ReachVerdict();
}

int Fail(const absl::Status& status, int code) {
  std::cerr << "selftest: " << status.message() << std::endl;
  return code;
}

// Logs and configuration stay after a failure.
void RemoveDirectory(const TrialOptions& options, bool keep) {
  if (keep) {
    std::cerr << "logs are in " << options.directory << std::endl;
    return;
  }
  std::error_code ignored;  // a directory of temporary files
  std::filesystem::remove_all(options.directory, ignored);
}

int Main(const char* program) {
  const auto options = OptionsFromFlags(program);
  if (!options.ok()) return Fail(options.status(), 2);
  const auto trial = Trial::Create(*options);
  if (!trial.ok()) return Fail(trial.status(), 2);
  const absl::Time start = absl::Now();
  std::cout << "self-test on " << options->kafka.bootstrap_servers()
            << ", topics " << options->name << "-*, seed " << options->seed
            << std::endl;
  Story story;
  const absl::StatusOr<Verdict> verdict = Try(trial->get(), &story);
  const bool keep = absl::GetFlag(FLAGS_keep);
  absl::Status cleaned;
  if (!keep) cleaned = (*trial)->CleanUp();
  RemoveDirectory(*options, keep || !verdict.ok() || !verdict->Passed());
  if (!cleaned.ok()) Fail(cleaned, 3);
  if (interrupted) return 130;
  // kInternal: a processor did what it must not do.
  if (!verdict.ok()) {
    return Fail(verdict.status(), absl::IsInternal(verdict.status()) ? 1 : 3);
  }
  std::cout << "\n"
            << Report(*verdict, story, **trial, absl::Now() - start)
            << std::flush;
  if (!verdict->Passed()) return 1;
  return cleaned.ok() ? 0 : 3;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = google::ERROR;
  google::InitGoogleLogging(argv[0]);
  exactmean::ParseFlags(argc, argv, exactmean::kUsage, __FILE__);
  struct sigaction action = {};
  action.sa_handler = exactmean::OnSignal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  return exactmean::Main(argv[0]);
}
