// Every call of the seam, struck: a crash before and after its effect, or an
// error that it may return.

#ifndef EXACTMEAN_TESTS_WORLD_CALL_MATRIX_H_
#define EXACTMEAN_TESTS_WORLD_CALL_MATRIX_H_

#include <functional>
#include <string>
#include <vector>

#include "processor/bad_record_policy.h"
#include "processor/record_retry.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/world/world.h"

namespace exactmean {

// An instance whose calls are struck.
struct MatrixShape {
  std::string name;
  InstanceOptions options;
  BadRecordPolicy on_bad_record = BadRecordPolicy::kSkip;
  int records = 40;  // of its predecessor, and its own
  // With topics: of every other record a step cannot tell at its first try, and
  // of some neither at the next ones.
  RetryPolicy retry;
};

struct MatrixFault {
  std::string name;
  Fault fault;
  // Which calls may fail so.
  std::function<bool(SeamCall)> at;
  // The one that meets it goes on: it passes.
  bool survived = false;
};

// What may befall a processor that writes in transactions.
std::vector<MatrixFault> TransactionFaults();

// Both run each shape once for each call and fault: an instance that restores
// what a predecessor has left meets the fault; if it ends, a successor without
// faults has to finish the work. The promise is to hold at each step; what does
// not is a failure of the test that names shape and call.
void CrashAtEveryCall(const std::vector<MatrixShape>& shapes);
void FailAtEveryCall(const std::vector<MatrixShape>& shapes,
                     const std::vector<MatrixFault>& faults);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_CALL_MATRIX_H_
