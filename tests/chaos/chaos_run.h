// One run: a cluster, a fleet, a writer, a reader, and faults one after the
// other until the time is over. Everything random comes from the seed.

#ifndef EXACTMEAN_TESTS_CHAOS_CHAOS_RUN_H_
#define EXACTMEAN_TESTS_CHAOS_CHAOS_RUN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/chaos/faults/fault.h"
#include "tests/chaos/report.h"
#include "tests/chaos/schedule.h"
#include "tests/chaos/traffic.h"
#include "tests/chaos/veteran/veteran.h"
#include "tests/chaos/world.h"

namespace exactmean {

struct ChaosOptions {
  uint64_t seed = 1;
  // First a tour of all faults, then random ones until this time is over.
  absl::Duration time;
  // Names; empty: all.
  std::vector<std::string> faults;
  int instances = 2;  // at the start
  bool transactional_writer = true;
  std::string binary;  // exactmean
  // Of the instances, beside PipelineConfig's; empty: the defaults. With static
  // membership a coordinator that is away for longer than the session makes
  // librdkafka fence itself (its issue 3437): exit code 5, and a restart.
  std::string config;
  std::string dir;   // for history, logs and configuration
  bool echo = true;  // the history, to standard error
  const std::atomic<bool>* stop = nullptr;  // end early, but in order
};

// Not thread-safe.
class ChaosRun {
 public:
  // kInvalidArgument: there is no such fault.
  static absl::StatusOr<std::unique_ptr<ChaosRun>> Create(ChaosOptions options);
  ~ChaosRun();

  // Errors are those of the set-up; what goes wrong later is in the report.
  absl::StatusOr<ChaosReport> Run();

 private:
  // What was on, until all had recovered.
  struct Episode {
    std::string name;
    absl::Time start;
    absl::Time end;
  };

  explicit ChaosRun(ChaosOptions options) : options_(std::move(options)) {}

  absl::Status SetUp();
  absl::Status SetUpTopics();
  absl::Status StartVeteran();
  void StartFleet();
  void StartTraffic();
  // False: no more, something does not recover or the end was asked for.
  bool RunEpisode(const FaultGroup& kinds);
  bool Recover(const std::string& name);
  // Stops everything and checks the whole.
  void Finish();
  absl::Status ReadAnew(std::vector<StoredRecord>* results);
  void FillReport();
  void Fail(const std::string& what);

  const ChaosOptions options_;
  FaultGroup kinds_;
  ChaosReport report_;
  ChaosWorld world_;
  std::vector<Episode> episodes_;

  std::unique_ptr<History> history_;
  std::unique_ptr<ProxiedKafka> kafka_;
  std::unique_ptr<Topology> topology_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<Veteran> veteran_;
  std::vector<std::unique_ptr<Traffic>> traffic_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_CHAOS_RUN_H_
