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
  const auto writes = [](SeamCall call) {
    return call == SeamCall::kBegin || call == SeamCall::kWrite ||
           call == SeamCall::kAddOffsets || call == SeamCall::kCommit;
  };
  const auto any = [](SeamCall call) {
    return call != SeamCall::kPosition && call != SeamCall::kCloseResults;
  };
  const auto not_commit = [=](SeamCall call) {
    return writes(call) && call != SeamCall::kCommit;
  };
  const std::vector<MatrixFault> faults = {
      {"unavailable before", Fault::FailBefore(absl::UnavailableError("x")),
       any},
      {"unavailable after", Fault::FailAfter(absl::UnavailableError("x")), any},
      {"aborted before", Fault::FailBefore(absl::AbortedError("x")), writes},
      {"aborted after", Fault::FailAfter(absl::AbortedError("x")), not_commit},
      {"unknown before", Fault::FailBefore(absl::UnknownError("x")), writes},
      {"unknown after", Fault::FailAfter(absl::UnknownError("x")), writes},
      {"fenced before", Fault::FailBefore(absl::FailedPreconditionError("x")),
       writes},
      {"fenced after", Fault::FailAfter(absl::FailedPreconditionError("x")),
       writes},
  };
  FailAtEveryCall(Shapes(), faults);
}

}  // namespace
}  // namespace exactmean
