// ExitCodeOf.

#include "tools/inspect/commands/exit_code.h"

#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr int kInterrupted = 130;  // 128 + SIGINT

StopReason ReasonFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kDataLoss:
      return StopReason::kState;
    case absl::StatusCode::kUnavailable:
      return StopReason::kUnreachable;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnknown:
      return StopReason::kIncomplete;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return StopReason::kConfig;
    default:
      return StopReason::kInternal;
  }
}

}  // namespace

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return 0;
  if (IsStop(status)) return static_cast<int>(ReasonOf(status));
  if (absl::IsCancelled(status)) return kInterrupted;
  return static_cast<int>(ReasonFor(status.code()));
}

}  // namespace exactmean
