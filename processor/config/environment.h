// Environment variables in the values of the configuration.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_ENVIRONMENT_H_
#define EXACTMEAN_PROCESSOR_CONFIG_ENVIRONMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// `text` with every "${env:NAME}" replaced by the value of that variable, in
// which nothing is replaced again. Errors name the variable that is missing,
// and never show `text`: it may hold a secret.
absl::StatusOr<std::string> ExpandEnvironment(absl::string_view text);

// Whether there is something to replace in `text`.
bool MentionsEnvironment(absl::string_view text);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_ENVIRONMENT_H_
