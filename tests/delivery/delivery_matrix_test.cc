// Without transactions: a crash at every call of the seam, before and after its
// effect, in each mode and style; and every error that a call may return.

#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "processor/delivery.h"
#include "tests/world/call_matrix.h"

namespace exactmean {
namespace {

constexpr int kRecords = 30;

std::vector<MatrixShape> Shapes(DeliveryMode mode) {
  std::vector<MatrixShape> shapes;
  for (const CommitStyle style :
       {CommitStyle::kSync, CommitStyle::kAsync, CommitStyle::kAsyncThenSync,
        CommitStyle::kAuto}) {
    MatrixShape shape;
    shape.on_bad_record = BadRecordPolicy::kDeadLetter;
    shape.records = kRecords;
    shape.options.delivery = {mode, style};
    shape.name = absl::StrCat(ToString(mode), " ", ToString(style));
    shape.options.updates = style == CommitStyle::kAsync;
    shape.options.slow_commits = style != CommitStyle::kAsync;
    shape.options.buffer_writes = style == CommitStyle::kAuto;
    shapes.push_back(shape);
  }
  return shapes;
}

void EveryError(DeliveryMode mode) {
  const auto writes = [](SeamCall call) {
    return call == SeamCall::kBegin || call == SeamCall::kWrite ||
           call == SeamCall::kCommit;
  };
  const auto any = [](SeamCall call) {
    return call != SeamCall::kPosition && call != SeamCall::kCloseResults;
  };
  const std::vector<MatrixFault> faults = {
      {"unavailable before", Fault::FailBefore(absl::UnavailableError("x")),
       any},
      {"unavailable after", Fault::FailAfter(absl::UnavailableError("x")),
       [=](SeamCall call) {
         return any(call) && call != SeamCall::kCommitOffsets;
       }},
      {"aborted before", Fault::FailBefore(absl::AbortedError("x")),
       [](SeamCall call) { return call == SeamCall::kCommitOffsets; }},
      {"aborted after", Fault::FailAfter(absl::AbortedError("x")),
       [](SeamCall call) { return call == SeamCall::kOffsetsCommitted; }},
      {"unknown before", Fault::FailBefore(absl::UnknownError("x")), writes},
      {"unknown after", Fault::FailAfter(absl::UnknownError("x")), writes},
  };
  FailAtEveryCall(Shapes(mode), faults);
}

TEST(DeliveryMatrixTest, AtLeastOnceCrashes) {
  CrashAtEveryCall(Shapes(DeliveryMode::kAtLeastOnce));
}
TEST(DeliveryMatrixTest, AtLeastOnceErrors) {
  EveryError(DeliveryMode::kAtLeastOnce);
}
TEST(DeliveryMatrixTest, AtMostOnceCrashes) {
  CrashAtEveryCall(Shapes(DeliveryMode::kAtMostOnce));
}
TEST(DeliveryMatrixTest, AtMostOnceErrors) {
  EveryError(DeliveryMode::kAtMostOnce);
}

}  // namespace
}  // namespace exactmean
