// The rules of names and durations.

#include "processor/config/checks.h"

#include <cstddef>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/config/duration.h"
#include "processor/config/environment.h"
#include "processor/config/problems.h"

namespace exactmean {
namespace {

bool CheckName(absl::string_view name, absl::string_view field, size_t max,
               absl::string_view marks, Problems* problems) {
  const auto allowed = [marks](char c) {
    return absl::ascii_isalnum(c) || marks.find(c) != absl::string_view::npos;
  };
  if (name.empty()) {
    problems->Add(field, "required");
    return false;
  }
  if (name.size() > max) {
    problems->Add(field, absl::StrCat("must have at most ", max,
                                      " characters, has ", name.size()));
    return false;
  }
  if (name == "." || name == ".." || !absl::c_all_of(name, allowed)) {
    problems->Add(
        field, absl::StrCat("\"", absl::CHexEscape(name),
                            "\" must be made of letters, digits and ", marks));
    return false;
  }
  return true;
}

}  // namespace

bool CheckTopic(absl::string_view topic, absl::string_view field,
                Problems* problems) {
  return CheckName(topic, field, 249, "._-", problems);
}

bool CheckId(absl::string_view id, absl::string_view field,
             Problems* problems) {
  return CheckName(id, field, 200, "._-", problems);
}

bool CheckWindowName(absl::string_view name, absl::string_view field,
                     Problems* problems) {
  return CheckName(name, field, 64, "_", problems);
}

bool IsServer(absl::string_view server) {
  const size_t protocol = server.find("://");
  if (protocol != absl::string_view::npos) {
    const std::string name = absl::AsciiStrToUpper(server.substr(0, protocol));
    if (name != "PLAINTEXT" && name != "SSL" && name != "SASL_PLAINTEXT" &&
        name != "SASL_SSL") {
      return false;
    }
    server.remove_prefix(protocol + 3);
  }
  const size_t colon = server.rfind(':');
  const absl::string_view host = server.substr(0, colon);
  if (host.empty() || absl::StrContains(host, '/')) return false;
  uint32_t port = 0;
  return colon == absl::string_view::npos ||
         (absl::SimpleAtoi(server.substr(colon + 1), &port) && port >= 1 &&
          port <= 65535);
}

absl::optional<absl::Duration> ReadDuration(absl::string_view text,
                                            absl::string_view field,
                                            absl::Duration min,
                                            absl::Duration max,
                                            Problems* problems) {
  if (text.empty()) return absl::nullopt;
  const absl::StatusOr<absl::Duration> duration = ParseDuration(text);
  if (!duration.ok()) {
    problems->Add(field, duration.status().message());
    return absl::nullopt;
  }
  if (*duration < min || *duration > max) {
    problems->Add(field, absl::StrCat("must be ", DurationText(min), " to ",
                                      DurationText(max), ", is ",
                                      DurationText(*duration)));
    return absl::nullopt;
  }
  return *duration;
}

std::string Expanded(absl::string_view text, absl::string_view field,
                     Problems* problems) {
  absl::StatusOr<std::string> expanded = ExpandEnvironment(text);
  if (expanded.ok()) return *std::move(expanded);
  problems->Add(field, expanded.status().message());
  return "";
}

}  // namespace exactmean
