// A crash at every call of the seam, before and after its effect; and every
// error that a call may return: whatever happens, the promise holds at each
// step, and a successor finishes the work.

#include <vector>

#include "gtest/gtest.h"
#include "tests/world/call_matrix.h"

namespace exactmean {
namespace {

std::vector<MatrixShape> Shapes() {
  std::vector<MatrixShape> shapes(4);
  shapes[0].name = "static";
  shapes[1].name = "dynamic, eager, writes buffered";
  shapes[1].options.is_static = false;
  shapes[1].options.cooperative = false;
  shapes[1].options.buffer_writes = true;
  shapes[2].name = "few large commits";
  shapes[2].options.commit_policy = {absl::Seconds(1), 1000};
  shapes[3].name = "dead letters";
  shapes[3].on_bad_record = BadRecordPolicy::kDeadLetter;
  return shapes;
}

TEST(CrashMatrixTest, AtEveryCall) { CrashAtEveryCall(Shapes()); }

TEST(CrashMatrixTest, EveryErrorAtEveryCall) {
  FailAtEveryCall(Shapes(), TransactionFaults());
}

}  // namespace
}  // namespace exactmean
