// A broker that asks who is there, and allows nobody anything that is not
// written down.

#ifndef EXACTMEAN_TESTS_BROKER_SECURE_BROKER_H_
#define EXACTMEAN_TESTS_BROKER_SECURE_BROKER_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "tests/broker/shared_broker.h"

namespace exactmean {

// The only user of the listeners SASL and TLS, and its password.
constexpr char kUser[] = "worker";
constexpr char kPrincipal[] = "User:worker";
constexpr char kPassword[] = "the-right-password";
constexpr char kWrongPassword[] = "not-the-password";
// The environment variable that the configurations below refer to.
constexpr char kPasswordVariable[] = "EXACTMEAN_TEST_PASSWORD";

// The shared broker, when called before any other user of it. Its open listener
// is for the tests: who comes by it may do everything. SASL: PLAIN without TLS.
// TLS: SCRAM-SHA-256, once SetScramPassword was called; its certificate is for
// 127.0.0.1 alone. Transactions may take a minute. Sets kPasswordVariable to
// kPassword.
LocalKafka& SecureKafka();

// Files in PEM: of the authority that has signed the broker's certificate, and
// of one that has not.
std::string RightAuthority();
std::string WrongAuthority();

// What kafka-acls.sh with these words does: an error unless it ends with 0.
absl::Status RunAclTool(const std::string& words);

using KafkaProperties = std::map<std::string, std::string>;
KafkaProperties SaslProperties();
KafkaProperties TlsProperties();

// A piece of configuration that sets them, with a deadline short enough to wait
// for.
std::string KafkaConfig(const KafkaProperties& properties);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BROKER_SECURE_BROKER_H_
