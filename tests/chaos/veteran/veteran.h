// One instance that no fault ends, on a pipeline of its own with the same
// input: what it holds is looked at throughout, and its results at the end.

#ifndef EXACTMEAN_TESTS_CHAOS_VETERAN_VETERAN_H_
#define EXACTMEAN_TESTS_CHAOS_VETERAN_VETERAN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>  // NOLINT(build/c++11)
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/broker/instance.h"
#include "tests/chaos/veteran/growth.h"

namespace exactmean {

struct VeteranOptions {
  std::string binary;
  std::string application;  // not the fleet's
  std::string input;
  std::string results;
  std::string servers;
  std::string dir;     // for configuration and log
  std::string config;  // added to the usual one
};

struct VeteranTally {
  std::vector<ResourceSample> samples;
  int64_t recoveries = 0;  // after a commit of unknown outcome
  int64_t restores = 0;    // of partitions
  std::string complaint;   // how it ended, if that must not be
};

// The counts of the log's last status line: commits and recoveries so far.
struct StatusCounts {
  int64_t commits = 0;
  int64_t recoveries = 0;
};
StatusCounts LastStatus(const std::string& log);
// Does it tell of a partition whose state was read back and proven?
bool HasRestored(const std::string& log);

// A dynamic member that waits for brokers as long as it takes: neither its
// group's coordinator nor an outage may end it. One thread, beside its own.
class Veteran {
 public:
  static absl::StatusOr<std::unique_ptr<Veteran>> Start(
      const VeteranOptions& options);
  Veteran(const Veteran&) = delete;
  Veteran& operator=(const Veteran&) = delete;
  ~Veteran() { EndLooks(); }  // and kills it

  // SIGTERM, and how it went. To be called once.
  VeteranTally Stop();

 private:
  explicit Veteran(std::unique_ptr<RunningInstance> instance)
      : instance_(std::move(instance)) {
    thread_ = std::thread(&Veteran::Loop, this);
  }

  void Loop();
  void EndLooks();

  const std::unique_ptr<RunningInstance> instance_;
  std::vector<ResourceSample> samples_;  // the thread's, until it has ended
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_VETERAN_VETERAN_H_
