// What is done to the processors of a trial: killed at every step, and turned
// into zombies.

#ifndef EXACTMEAN_TESTS_SELFTEST_SCHEDULE_H_
#define EXACTMEAN_TESTS_SELFTEST_SCHEDULE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/selftest/strike.h"
#include "tests/selftest/trial.h"

namespace exactmean {

// What happened, for the report.
struct Story {
  int killed_restoring = 0;   // at a step of a restore
  int killed_committing = 0;  // at a step of a transaction
  absl::Duration takeover;    // of the zombie's partitions
  std::string zombie;         // what became of it
};

// Each step of a restore and of a transaction, before and after its effect.
std::vector<Strike> Kills();

// Carries it all out and waits until everything is folded in; `progress` is
// told each step in words. An error when a processor ends in any other way
// than the schedule has it: the message names its log.
absl::Status RunSchedule(
    Trial* trial, const std::function<void(const std::string&)>& progress,
    Story* story);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SELFTEST_SCHEDULE_H_
