// The independent reader: follows input and results past all proxies, in a
// thread of its own, and checks every step while trouble goes on.

#ifndef EXACTMEAN_TESTS_CHAOS_OBSERVER_H_
#define EXACTMEAN_TESTS_CHAOS_OBSERVER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>  // NOLINT(build/c++11)
#include <string>
#include <thread>  // NOLINT(build/c++11)
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/kafka/testing/test_reader.h"
#include "tests/chaos/step_checker.h"

namespace exactmean {

// How far one partition is.
struct PartitionProgress {
  int64_t input_position = 0;  // read by the observer
  int64_t next_offset = 0;     // committed by the processor
  std::string writer;          // the transactional id that did so
};

// Thread-safe.
class Observer {
 public:
  static absl::StatusOr<std::unique_ptr<Observer>> Start(
      const std::string& servers, const std::string& input,
      const std::string& results, int32_t partitions);
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  ~Observer() { Stop(); }

  std::vector<PartitionProgress> Look();
  CheckTally Tally();
  // Steps that were written and aborted.
  int64_t AbortedSteps();
  std::vector<std::string> Complaints();

  // Ends the reading and checks that all is whole; `fresh`, the results as a
  // new reader finds them, must be what this one has seen.
  void Finish(const std::vector<StoredRecord>& fresh);

 private:
  Observer(std::unique_ptr<TestReader> input,
           std::unique_ptr<TestReader> results,
           std::unique_ptr<TestReader> uncommitted, int32_t partitions);

  void Loop();
  absl::Status Turn();
  void Stop();

  // The thread's own.
  const std::unique_ptr<TestReader> input_;
  const std::unique_ptr<TestReader> results_;
  const std::unique_ptr<TestReader> uncommitted_;

  std::mutex mutex_;
  std::vector<StepChecker> checkers_;  // guarded by mutex_, as all below
  int64_t written_checkpoints_ = 0;
  int64_t committed_checkpoints_ = 0;
  std::vector<std::string> complaints_;  // the observer's own

  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_OBSERVER_H_
