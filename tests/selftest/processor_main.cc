// The processor as it ships, but that it can be told to strike itself at a
// chosen call: what the self-test starts.

#include <signal.h>

#include <atomic>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "glog/logging.h"
#include "processor/command_line.h"
#include "processor/config/load_config.h"
#include "processor/program/application.h"
#include "processor/stop.h"
#include "tests/selftest/strike.h"

ABSL_FLAG(std::string, config, "", "The configuration file.");
ABSL_FLAG(std::string, bootstrap_servers, "", "Replaces the file's.");
ABSL_FLAG(std::string, instance_id, "", "Names this process.");
ABSL_FLAG(std::string, strike, "",
          "Where to strike, as \"KILL before Transaction::Commit #1\".");

namespace exactmean {
namespace {

std::atomic<bool> stop{false};

absl::Status Run() {
  ConfigArgs args;
  args.path = absl::GetFlag(FLAGS_config);
  args.bootstrap_servers = absl::GetFlag(FLAGS_bootstrap_servers);
  args.instance_id = absl::GetFlag(FLAGS_instance_id);
  const auto settings = LoadSettings(args);
  if (!settings.ok()) {
    return Stop(StopReason::kConfig, settings.status().message());
  }
  WorkerLogsFactory make = &MakeKafkaLogs;
  if (!absl::GetFlag(FLAGS_strike).empty()) {
    const auto strike = ParseStrike(absl::GetFlag(FLAGS_strike));
    if (!strike.ok()) {
      return Stop(StopReason::kConfig, strike.status().message());
    }
    make = WithStrike(std::move(make), *strike);
  }
  struct sigaction action = {};
  action.sa_handler = [](int) { stop = true; };
  sigaction(SIGTERM, &action, nullptr);
  return RunApplication(*settings, {absl::Seconds(1), ""}, make, /*steps=*/{},
                        &stop);
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  exactmean::ParseFlags(argc, argv, "Started by the self-test.", __FILE__);
  const absl::Status status = exactmean::Run();
  if (status.ok()) return 0;
  LOG(ERROR) << status.message();
  return static_cast<int>(exactmean::ReasonOf(status));
}
