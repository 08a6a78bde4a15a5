// Retry topics, a crash and every error at every call: the promise holds at
// each step, and a successor finishes the work.

#include <vector>

#include "gtest/gtest.h"
#include "tests/world/call_matrix.h"
#include "tests/world/step_testing.h"

namespace exactmean {
namespace {

std::vector<MatrixShape> Shapes() {
  std::vector<MatrixShape> shapes(2);
  shapes[0].name = "retry topics";
  shapes[0].records = 15;
  shapes[0].retry = TwoTopics();
  shapes[1] = shapes[0];
  shapes[1].name = "retry topics, dead letters, writes buffered";
  shapes[1].options.buffer_writes = true;
  shapes[1].on_bad_record = BadRecordPolicy::kDeadLetter;
  return shapes;
}

TEST(RetryTopicMatrixTest, ACrashAtEveryCall) { CrashAtEveryCall(Shapes()); }

TEST(RetryTopicMatrixTest, EveryErrorAtEveryCall) {
  FailAtEveryCall(Shapes(), TransactionFaults());
}

}  // namespace
}  // namespace exactmean
