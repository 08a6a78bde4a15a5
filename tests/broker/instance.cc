// PipelineConfig, RandomRecord and RunningInstance.

#include "tests/broker/instance.h"

#include <signal.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/contents.h"

namespace exactmean {

std::string PipelineConfig(const std::string& application,
                           const std::string& input,
                           const std::string& results) {
  return absl::StrCat("application_id: \"", application, "\"\n",
                      "input { topic: \"", input, "\" number {} }\n",
                      "results { topic: \"", results, "\" }\n", R"(
    window { name: "last" count { size: 3 } }
    window { name: "all" cumulative {} }
    on_bad_record: SKIP
    commit { interval: "20ms" transaction_timeout: "5s" }
    group { session_timeout: "3s" }
  )");
}

Record RandomRecord(std::mt19937_64* random, int32_t partitions,
                    uint64_t keys) {
  Record record;
  record.partition = Partition(
      static_cast<int32_t>((*random)() % static_cast<uint64_t>(partitions)));
  record.key = absl::StrCat("key", (*random)() % keys);
  const uint64_t kind = (*random)() % 50;
  if (kind == 1) {
    record.value = "not a number";
  } else if (kind != 0) {
    record.value = absl::StrCat((*random)() % 100000, ".25");
  }
  return record;
}

absl::StatusOr<std::unique_ptr<RunningInstance>> RunningInstance::Start(
    const std::string& binary, const std::string& config_path,
    const std::string& servers, const std::string& instance_id,
    const std::string& log_path, const std::vector<std::string>& flags) {
  std::vector<std::string> argv = {
      binary, absl::StrCat("--config=", config_path),
      absl::StrCat("--bootstrap_servers=", servers),
      absl::StrCat("--instance_id=", instance_id)};
  argv.insert(argv.end(), flags.begin(), flags.end());
  ProcessOptions options;
  options.stdout_path = options.stderr_path = log_path;
  auto process = Process::Start(argv, options);
  if (!process.ok()) return process.status();
  return std::make_unique<RunningInstance>(*std::move(process), log_path);
}

std::string RunningInstance::Log() const { return ContentsOf(log_path_); }

std::string RunningInstance::LastLines() const {
  constexpr int64_t kLines = 6;
  const std::vector<std::string> lines =
      absl::StrSplit(Log(), '\n', absl::SkipEmpty());
  const int64_t count = static_cast<int64_t>(lines.size());
  return absl::StrJoin(lines.end() - std::min(count, kLines), lines.end(),
                       "\n    ");
}

absl::Status RunningInstance::AwaitLog(const std::string& text,
                                       absl::Duration patience) {
  return Eventually(
      [&]() -> absl::Status {
        if (absl::StrContains(Log(), text)) return absl::OkStatus();
        return absl::DeadlineExceededError(
            absl::StrCat("not logged: ", text, "\n", Log()));
      },
      patience);
}

absl::StatusOr<ExitStatus> RunningInstance::AwaitExit(absl::Duration patience) {
  const auto exit = process_.Wait(absl::Now() + patience);
  if (exit.ok()) return exit;
  return absl::Status(exit.status().code(),
                      absl::StrCat(exit.status().message(), "\n", Log()));
}

absl::StatusOr<ExitStatus> RunningInstance::Terminate() {
  const absl::Status signalled = process_.Signal(SIGTERM);
  if (!signalled.ok()) return signalled;
  return AwaitExit();
}

absl::Status RunningInstance::Kill() {
  process_.Signal(SIGKILL).IgnoreError();  // its end tells
  const auto exit = process_.Wait(absl::InfiniteFuture());
  if (!exit.ok()) return exit.status();
  if (exit->signal == SIGKILL) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("it had ended by itself: ", exit->ToString(), "\n", Log()));
}

}  // namespace exactmean
