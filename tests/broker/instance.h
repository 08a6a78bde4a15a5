// A process of the shipped binary, the usual configuration of its pipelines in
// tests, and the input they are given.

#ifndef EXACTMEAN_TESTS_BROKER_INSTANCE_H_
#define EXACTMEAN_TESTS_BROKER_INSTANCE_H_

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/broker/kafka.h"
#include "tools/cluster/process.h"

namespace exactmean {

// Calls `condition` until it is OK or `patience` has passed; its last answer.
template <typename Condition>
absl::Status Eventually(Condition condition,
                        absl::Duration patience = absl::Seconds(60)) {
  const absl::Time deadline = absl::Now() + patience;
  while (true) {
    const absl::Status status = condition();
    if (status.ok() || absl::Now() > deadline) return status;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

// Configuration with windows as the model has them, the last 3 values and all
// of them; bad records are skipped.
std::string PipelineConfig(const std::string& application,
                           const std::string& input,
                           const std::string& results);

// Of so many keys; some are deletions, some bad.
Record RandomRecord(std::mt19937_64* random, int32_t partitions,
                    uint64_t keys = 40);

// A running exactmean; its log is kept for error messages.
class RunningInstance {
 public:
  // `flags` come after those that name the configuration and the instance.
  static absl::StatusOr<std::unique_ptr<RunningInstance>> Start(
      const std::string& binary, const std::string& config_path,
      const std::string& servers, const std::string& instance_id,
      const std::string& log_path, const std::vector<std::string>& flags);

  RunningInstance(Process process, std::string log_path)
      : process_(std::move(process)), log_path_(std::move(log_path)) {}

  Process& process() { return process_; }
  const Process& process() const { return process_; }
  const std::string& log_path() const { return log_path_; }
  // What it has logged so far.
  std::string Log() const;
  // The end of that, for a line of a report.
  std::string LastLines() const;
  // Waits until its log has `text`.
  absl::Status AwaitLog(const std::string& text,
                        absl::Duration patience = absl::Seconds(60));
  // Its exit code, once it has ended by itself or by an earlier signal.
  absl::StatusOr<ExitStatus> AwaitExit(
      absl::Duration patience = absl::Seconds(60));
  // SIGTERM, and its exit code.
  absl::StatusOr<ExitStatus> Terminate();
  // SIGKILL. kInternal: it had ended by itself, which no test expects of it.
  absl::Status Kill();

 private:
  Process process_;
  std::string log_path_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BROKER_INSTANCE_H_
