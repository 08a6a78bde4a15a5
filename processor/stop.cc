// StopReason as a payload of absl::Status.

#include "processor/stop.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

constexpr absl::string_view kPayload = "exactmean/stop";

}  // namespace

absl::Status Stop(StopReason reason, absl::string_view message) {
  return Stop(reason, absl::InternalError(message));
}

absl::Status Stop(StopReason reason, const absl::Status& cause) {
  absl::Status status = cause;
  status.SetPayload(kPayload,
                    absl::Cord(absl::StrCat(static_cast<int>(reason))));
  return status;
}

bool IsStop(const absl::Status& status) {
  return status.GetPayload(kPayload).has_value();
}

StopReason ReasonOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  int code = 0;
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &code)) {
    return static_cast<StopReason>(code);
  }
  return StopReason::kInternal;
}

}  // namespace exactmean
