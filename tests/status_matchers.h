// gmock matchers for absl::Status and absl::StatusOr<T>: IsOk(),
// IsOkAndHolds(value or matcher), StatusIs(code[, message or matcher]). The
// oldest Abseil we build with has none.

#ifndef EXACTMEAN_TESTS_STATUS_MATCHERS_H_
#define EXACTMEAN_TESTS_STATUS_MATCHERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

namespace exactmean {
namespace status_matchers_internal {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

}  // namespace status_matchers_internal

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  const absl::Status& status = status_matchers_internal::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return status.ok();
}

MATCHER_P(IsOkAndHolds, value,
          std::string(negation ? "is not OK or does not hold "
                               : "is OK and holds ") +
              testing::PrintToString(value)) {
  if (!arg.ok()) {
    *result_listener << "whose status is " << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(value, *arg, result_listener);
}

MATCHER_P(StatusIs, code,
          std::string(negation ? "has not " : "has ") + "the status code " +
              testing::PrintToString(code)) {
  const absl::Status& status = status_matchers_internal::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return testing::ExplainMatchResult(code, status.code(), result_listener);
}

MATCHER_P2(StatusIs, code, message,
           std::string(negation ? "has not " : "has ") + "the status code " +
               testing::PrintToString(code) + " and the message " +
               testing::PrintToString(message)) {
  const absl::Status& status = status_matchers_internal::StatusOf(arg);
  *result_listener << "whose status is " << status.ToString();
  return testing::ExplainMatchResult(code, status.code(), result_listener) &&
         testing::ExplainMatchResult(message, std::string(status.message()),
                                     result_listener);
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_STATUS_MATCHERS_H_
