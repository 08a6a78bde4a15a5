// What a run has come to: for people as a table, for tests as a verdict.

#ifndef EXACTMEAN_TESTS_CHAOS_REPORT_H_
#define EXACTMEAN_TESTS_CHAOS_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/chaos/fleet.h"
#include "tests/chaos/step_checker.h"
#include "tests/chaos/traffic.h"
#include "tests/chaos/veteran/veteran.h"
#include "tests/chaos/world.h"

namespace exactmean {

struct ChaosReport {
  uint64_t seed = 0;
  absl::Duration time;
  size_t kinds = 0;                   // of faults, asked for
  std::map<std::string, int> faults;  // by name, those whose effect was seen
  CheckTally check;
  int64_t aborted_steps = 0;
  TrafficTally traffic;
  FleetTally fleet;
  VeteranTally veteran;
  std::vector<Takeover> takeovers;
  absl::Duration takeover_bound;
  std::string stall_during;  // the fault that was on at the end of the longest
  std::string history_path;
  // Whatever was not as it must be.
  std::vector<std::string> failures;

  bool ok() const { return failures.empty(); }
  std::string ToString() const;
};

// Adds to `failures` what the numbers and complaints say.
void Judge(ChaosReport* report);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_REPORT_H_
