// Which properties are secrets, and which make a connection unsafe.

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "processor/kafka/properties.h"

namespace exactmean {
namespace {

constexpr absl::string_view kSecretWords[] = {
    "password", "secret",   "key",        "token",
    "jaas",     "username", "credential", "oauthbearer"};

}  // namespace

bool IsSecretProperty(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const absl::string_view word : kSecretWords) {
    if (absl::StrContains(lower, word)) return true;
  }
  return false;
}

std::vector<std::string> SecurityWarnings(const Properties& properties) {
  const auto value = [&](const char* name) {
    const auto it = properties.find(name);
    return it == properties.end() ? "" : absl::AsciiStrToLower(it->second);
  };
  const std::string protocol = value("security.protocol");
  std::vector<std::string> warnings;
  if (protocol == "sasl_plaintext" && (value("sasl.mechanism") == "plain" ||
                                       value("sasl.mechanisms") == "plain")) {
    warnings.emplace_back(
        "SASL_PLAINTEXT with mechanism PLAIN sends the password in clear. Set "
        "security.protocol to SASL_SSL");
  }
  if (protocol != "ssl" && protocol != "sasl_ssl") return warnings;
  const std::string verify = value("enable.ssl.certificate.verification");
  if (verify == "false" || verify == "f" || verify == "0") {
    warnings.emplace_back(
        "enable.ssl.certificate.verification is off: whoever is on the way to "
        "the broker can read and change everything. Set ssl.ca.location "
        "instead");
  }
  if (value("ssl.endpoint.identification.algorithm") == "none") {
    warnings.emplace_back(
        "ssl.endpoint.identification.algorithm is none: whoever has any "
        "certificate of the same authority can pose as the broker");
  }
  return warnings;
}

}  // namespace exactmean
