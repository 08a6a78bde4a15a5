// Replaces ${env:NAME}.

#include "processor/config/environment.h"

#include <cstddef>
#include <cstdlib>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace exactmean {
namespace {

constexpr absl::string_view kOpen = "${";

bool IsVariableName(absl::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name.front()) &&
         absl::c_all_of(
             name, [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

}  // namespace

absl::StatusOr<std::string> ExpandEnvironment(absl::string_view text) {
  std::string expanded;
  while (true) {
    const size_t open = text.find(kOpen);
    absl::StrAppend(&expanded, text.substr(0, open));
    if (open == absl::string_view::npos) return expanded;
    text.remove_prefix(open + kOpen.size());
    const size_t close = text.find('}');
    absl::string_view name = text.substr(0, close);
    if (close == absl::string_view::npos ||
        !absl::ConsumePrefix(&name, "env:") || !IsVariableName(name)) {
      return absl::InvalidArgumentError(
          "\"${\" must begin an environment variable, as ${env:NAME}");
    }
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("environment variable ", name, " is not set"));
    }
    expanded += value;
    text.remove_prefix(close + 1);
  }
}

bool MentionsEnvironment(absl::string_view text) {
  return absl::StrContains(text, kOpen);
}

}  // namespace exactmean
