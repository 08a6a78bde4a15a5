// Where a processor is struck: it sends itself a signal at a chosen call of
// the seam, before or after its effect. So a kill can meet each step of a
// transaction on a real cluster.

#ifndef EXACTMEAN_TESTS_SELFTEST_STRIKE_H_
#define EXACTMEAN_TESTS_SELFTEST_STRIKE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "processor/program/application.h"
#include "tests/fake_log/fault_plan.h"

namespace exactmean {

struct Strike {
  SeamCall call = SeamCall::kCommit;
  bool after = false;  // its effect; else before
  int nth = 1;         // of the calls of this kind, from 1
  int signal = 0;      // SIGKILL: it dies; SIGSTOP: it sleeps until SIGCONT

  // "KILL after Transaction::Commit #2"; what ParseStrike reads.
  std::string ToString() const;
};

// kInvalidArgument tells what it should look like.
absl::StatusOr<Strike> ParseStrike(absl::string_view text);

// Makes what `make` makes, and strikes this process at the given call.
WorkerLogsFactory WithStrike(WorkerLogsFactory make, const Strike& strike);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SELFTEST_STRIKE_H_
